using Microsoft.Extensions.Logging;
using Nacelle.Inspect.Processes;
using Nacelle.Linux;
using Nacelle.Linux.Processes;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>
/// The processes that were asked to end and are killed when their grace period is over. A kubelet that stops forgets them: they have had their TERM,
/// and whoever wants them gone asks again.
/// </summary>
internal sealed partial class PendingKills(TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Pending> _pending = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Takes over the target, and kills it after the grace period unless it has ended by then. An earlier time replaces a later one.</summary>
    /// <param name="uid">The process's UID.</param>
    /// <param name="target">The process.</param>
    /// <param name="grace">How long it has.</param>
    /// <param name="killed">Called after it was killed.</param>
    public void Add(string uid, SignalTarget target, TimeSpan grace, Action killed)
    {
        var at = time.GetUtcNow() + grace;
        lock (_gate)
        {
            if (_stop.IsCancellationRequested || (_pending.TryGetValue(uid, out var before) && before.At <= at))
            {
                target.Dispose();
                return;
            }

            before?.Replaced.Cancel();
            var pending = new Pending(at, CancellationTokenSource.CreateLinkedTokenSource(_stop.Token));
            _pending[uid] = pending;
            pending.Task = Task.Run(() => RunAsync(uid, pending, target, grace, killed), CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] tasks;
        lock (_gate)
        {
            _stop.Cancel();
            tasks = [.. _pending.Values.Select(p => p.Task)];
        }

        await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync(string uid, Pending pending, SignalTarget target, TimeSpan grace, Action killed)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(pending.Replaced.Token);
        try
        {
            var ended = target.WaitForEndAsync(over.Token);
            var first = await Task.WhenAny(ended, Task.Delay(grace, time, over.Token)).ConfigureAwait(false);
            if (first != ended && !over.IsCancellationRequested && target.Send(Signal.Kill))
            {
                killed();
            }
        }
        catch (LinuxException e)
        {
            LogFailed(uid, e.Message);
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            target.Dispose();
            lock (_gate)
            {
                if (_pending.TryGetValue(uid, out var current) && current == pending)
                {
                    _pending.Remove(uid);
                }

                pending.Replaced.Dispose();
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "process {Uid} could not be killed after its grace period: {Error}")]
    private partial void LogFailed(string uid, string error);

    private sealed class Pending(DateTimeOffset at, CancellationTokenSource replaced)
    {
        public DateTimeOffset At => at;

        /// <summary>Cancelled where another one takes over, or the kubelet stops. Of the dictionary's entries none is disposed of.</summary>
        public CancellationTokenSource Replaced => replaced;

        public Task Task { get; set; } = Task.CompletedTask;
    }
}
