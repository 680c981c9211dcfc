using System.Threading.Channels;
using Grpc.Core;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Nacelle.Inspect.Health;
using Nacelle.Kubelet.Containers;
using Nacelle.Kubelet.Probes;
using Nacelle.Kubelet.Status;
using Nacelle.Kubernetes.Client;

namespace Nacelle.Kubelet.PodWorkers;

/// <summary>
/// The one task of one Pod (by UID). Updates overwrite each other, the latest wins; an end that was asked for is never taken back.
/// <code>
///   Running ──(deleted, finished, or gone from the API)──▶ Ending ──▶ Ended ──(deleted or gone)──▶ Removed
///      └─ a step at each change, and when a back-off is over            └─ containers stay for kubectl logs
/// </code>
/// </summary>
internal sealed partial class PodWorker : IAsyncDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(10);

    private readonly PodServices _services;
    private readonly PodMemory _memory;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private V1Pod _pod;
    private bool _deleted;
    private bool _inApi;
    private long _graceSeconds = long.MaxValue;
    private CancellationTokenSource _step = new();
    private CancellationTokenSource _graceChanged = new();
    private ITimer? _timer;

    /// <param name="pod">The Pod, or for an orphan what its labels say.</param>
    /// <param name="inApi">False for an orphan: it is ended and removed.</param>
    /// <param name="stop">Ends the worker, and leaves the Pod running.</param>
    public PodWorker(PodServices services, V1Pod pod, bool inApi, CancellationToken stop)
    {
        (_services, _pod, _inApi, _logger) = (services, pod, inApi, services.Logger);
        var publisher = new PodStatusPublisher(services.Api, pod, services.Time, services.Logger, stop);
        _memory = new PodMemory(publisher, new StartTrace(services.Time), new PodProbes(services, Wake));
        NoteEnd(pod, gone: !inApi);
        Wake();
        Completion = Task.Run(() => RunAsync(stop), CancellationToken.None);
    }

    /// <summary>Ends when the Pod is removed from this machine, or the worker was stopped.</summary>
    public Task Completion { get; }

    /// <summary>True after the Pod and all of its traces are gone.</summary>
    public bool Removed { get; private set; }

    public V1Pod Pod
    {
        get
        {
            lock (_gate)
            {
                return _pod;
            }
        }
    }

    /// <summary>The status as last published or about to be.</summary>
    public V1PodStatus? Status => _memory.Publisher.Latest;

    /// <summary>A newer state of the object.</summary>
    public void Update(V1Pod pod)
    {
        lock (_gate)
        {
            _pod = pod;
            NoteEnd(pod, gone: false);
        }

        _memory.Publisher.Observe(pod);
        Wake();
    }

    /// <summary>The object is no longer in the API.</summary>
    public void Gone(V1Pod? last)
    {
        lock (_gate)
        {
            _pod = last ?? _pod;
            _inApi = false;
            NoteEnd(_pod, gone: true);
        }

        Wake();
    }

    /// <summary>The health of the Pod's processes changed.</summary>
    public void Note(HealthCondition health)
    {
        _memory.ProcessHealth = health;
        Wake();
    }

    /// <summary>Something of the Pod changed in the runtime.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Waits for the task, which the token of the constructor ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            _step.Dispose();
            _graceChanged.Dispose();
        }
    }

    private void NoteEnd(V1Pod pod, bool gone)
    {
        if (!gone && pod.Metadata.DeletionTimestamp is null)
        {
            return;
        }

        _deleted = true;
        var grace = pod.GraceSeconds();
        if (grace < _graceSeconds)
        {
            _graceSeconds = grace;
            Renew(ref _graceChanged);
        }

        // Whatever the running step waits for (an image, a sandbox) is no longer wanted.
        _step.Cancel();
    }

    private static void Renew(ref CancellationTokenSource source)
    {
        var old = source;
        source = new CancellationTokenSource();
        old.Cancel();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        var delay = new ReconnectDelay(FirstRetry, LastRetry);
        var ended = false;
        try
        {
            while (!Removed)
            {
                TimeSpan? lookAgain = null;
                try
                {
                    await _wake.Reader.ReadAsync(stop).ConfigureAwait(false);
                    (ended, lookAgain) = await StepAsync(ended, stop).ConfigureAwait(false);
                    delay.Reset();
                }
                catch (PodStartException e)
                {
                    lookAgain = e.RetryAfter;
                }
                catch (Exception e) when (!stop.IsCancellationRequested && e is RpcException or ApiException or HttpRequestException
                    or IOException or UnauthorizedAccessException or OperationCanceledException)
                {
                    lookAgain = delay.Next();
                    if (e is not OperationCanceledException && !(e is RpcException { StatusCode: StatusCode.Cancelled }))
                    {
                        LogFailed(Pod.Metadata.NamespaceProperty, Pod.Metadata.Name, e.Message, lookAgain.Value.TotalMilliseconds);
                    }
                }

                catch (Exception e) when (!stop.IsCancellationRequested)
                {
                    // A fault of our own must not leave the Pod without a worker: it is told whole, and tried again.
                    LogBroken(e, Pod.Metadata.NamespaceProperty, Pod.Metadata.Name);
                    lookAgain = delay.Next();
                }

                if (lookAgain is { } after)
                {
                    WakeLater(after, stop);
                }
            }
        }
        catch (Exception e) when (stop.IsCancellationRequested && e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            // Stopped: the Pod runs on, and the next kubelet finds it.
        }
        catch (Exception e)
        {
            LogBroken(e, Pod.Metadata.NamespaceProperty, Pod.Metadata.Name);
            throw;
        }
        finally
        {
            _timer?.Dispose();
            await _memory.Probes.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<(bool Ended, TimeSpan? LookAgain)> StepAsync(bool ended, CancellationToken stop)
    {
        bool deleted, inApi;
        V1Pod pod;
        CancellationToken step;
        lock (_gate)
        {
            (deleted, inApi, pod) = (_deleted, _inApi, _pod);
            if (!deleted && _step.IsCancellationRequested)
            {
                _step = new CancellationTokenSource();
            }

            step = _step.Token;
        }

        if (!deleted && !ended)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, step);
            var outcome = await new PodSync(_services, _memory).StepAsync(pod, either.Token).ConfigureAwait(false);
            if (!outcome.Ended)
            {
                return (false, outcome.LookAgain);
            }
        }

        await _memory.Probes.DisposeAsync().ConfigureAwait(false);
        var ending = new PodEnding(_services, _memory);
        if (!ended)
        {
            await ending.StopAsync(CurrentGrace, stop).ConfigureAwait(false);
        }

        var runtime = await ending.PublishAsync(pod, stop).ConfigureAwait(false);
        lock (_gate)
        {
            (deleted, inApi, pod) = (_deleted, _inApi, _pod);
        }

        if (deleted)
        {
            await ending.RemoveAsync(pod, runtime, inApi, stop).ConfigureAwait(false);
            Removed = true;
        }

        return (true, null);
    }

    private (V1Pod Pod, long GraceSeconds, CancellationToken Changed) CurrentGrace()
    {
        lock (_gate)
        {
            return (_pod, _graceSeconds == long.MaxValue ? _pod.GraceSeconds() : _graceSeconds, _graceChanged.Token);
        }
    }

    private void WakeLater(TimeSpan after, CancellationToken stop)
    {
        _timer?.Dispose();
        _timer = stop.IsCancellationRequested
            ? null
            : _services.Time.CreateTimer(static worker => ((PodWorker)worker!).Wake(), this, after, Timeout.InfiniteTimeSpan);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "pod {Namespace}/{Name}: {Error}; again in {Milliseconds:0} ms")]
    private partial void LogFailed(string @namespace, string name, string error, double milliseconds);

    [LoggerMessage(Level = LogLevel.Critical, Message = "the worker of pod {Namespace}/{Name} ended by a fault of the program")]
    private partial void LogBroken(Exception error, string @namespace, string name);
}
