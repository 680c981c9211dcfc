using Grpc.Core;
using Microsoft.Extensions.Logging;
using Nacelle.Kubernetes.Client;
using Runtime.V1;

namespace Nacelle.Kubelet.Cri;

/// <summary>
/// Tells which Pods changed in the runtime: from its event stream where it offers one, and from comparing lists, every second without
/// the stream and every five with it (a stream may lose events, a list cannot).
/// </summary>
public sealed partial class RuntimeWatch : IAsyncDisposable
{
    private static readonly TimeSpan RelistAlone = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RelistBesideStream = TimeSpan.FromSeconds(5);

    private readonly CriClient _cri;
    private readonly Action<string> _changed;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _tasks;
    private volatile bool _streaming;

    /// <param name="changed">Called with the UID of a Pod; must return at once.</param>
    public RuntimeWatch(CriClient cri, Action<string> changed, TimeProvider time, ILogger logger)
    {
        (_cri, _changed, _time, _logger) = (cri, changed, time, logger);
        _tasks = Task.WhenAll(Task.Run(RelistAsync), Task.Run(StreamAsync));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _tasks.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    /// <summary>The Pods in which a sandbox or container is new, gone or in another state. Pure.</summary>
    internal static IReadOnlySet<string> Changed(
        IReadOnlyDictionary<string, (string Uid, int State)> before, IReadOnlyDictionary<string, (string Uid, int State)> after)
    {
        var changed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (id, (uid, state)) in after)
        {
            if (!before.TryGetValue(id, out var old) || old.State != state)
            {
                changed.Add(uid);
            }
        }

        changed.UnionWith(before.Where(b => !after.ContainsKey(b.Key)).Select(b => b.Value.Uid));
        return changed;
    }

    private async Task RelistAsync()
    {
        IReadOnlyDictionary<string, (string, int)> before = new Dictionary<string, (string, int)>();
        var failing = false;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var after = await ListAsync().ConfigureAwait(false);
                foreach (var uid in Changed(before, after))
                {
                    _changed(uid);
                }

                before = after;
                failing = false;
            }
            catch (RpcException e) when (!_stop.IsCancellationRequested)
            {
                if (!failing)
                {
                    LogUnreachable(e.Status.Detail);
                }

                failing = true;
            }

            await Task.Delay(_streaming && !failing ? RelistBesideStream : RelistAlone, _time, _stop.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<IReadOnlyDictionary<string, (string Uid, int State)>> ListAsync()
    {
        var all = new Dictionary<string, (string, int)>(StringComparer.Ordinal);
        var sandboxes = await _cri.Runtime.ListPodSandboxAsync(new ListPodSandboxRequest(), cancellationToken: _stop.Token).ConfigureAwait(false);
        foreach (var sandbox in sandboxes.Items)
        {
            Add(sandbox.Id, sandbox.Labels, (int)sandbox.State);
        }

        var containers = await _cri.Runtime.ListContainersAsync(new ListContainersRequest(), cancellationToken: _stop.Token).ConfigureAwait(false);
        foreach (var container in containers.Containers)
        {
            Add(container.Id, container.Labels, (int)container.State);
        }

        return all;

        void Add(string id, IDictionary<string, string> labels, int state)
        {
            if (labels.TryGetValue(CriLabels.PodUid, out var uid))
            {
                all[id] = (uid, state);
            }
        }
    }

    private async Task StreamAsync()
    {
        var delay = new ReconnectDelay(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var call = _cri.Runtime.GetContainerEvents(new GetEventsRequest(), cancellationToken: _stop.Token);
                await call.ResponseHeadersAsync.ConfigureAwait(false);
                _streaming = true;
                while (await call.ResponseStream.MoveNext(_stop.Token).ConfigureAwait(false))
                {
                    delay.Reset();
                    if (Uid(call.ResponseStream.Current) is { } uid)
                    {
                        _changed(uid);
                    }
                }
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented)
            {
                LogNoStream();
                return;
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException or IOException)
            {
                // The list goes on meanwhile; nothing is lost.
            }

            _streaming = false;
            await Task.Delay(delay.Next(), _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static string? Uid(ContainerEventResponse item) =>
        item.PodSandboxStatus?.Metadata?.Uid is { Length: > 0 } uid
            ? uid
            : item.ContainersStatuses.Select(c => c.Labels.GetValueOrDefault(CriLabels.PodUid)).FirstOrDefault(u => u is not null);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the container runtime does not answer: {Error}")]
    private partial void LogUnreachable(string error);

    [LoggerMessage(Level = LogLevel.Information, Message = "the container runtime offers no event stream, listing every second instead")]
    private partial void LogNoStream();
}
