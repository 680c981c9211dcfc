using System.Collections.Concurrent;
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
    private readonly ConcurrentDictionary<string, (DateTimeOffset At, CancellationTokenSource Stop, Task Task)> _pending = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>When the process of that UID will be killed; null for one that is not asked to end.</summary>
    public DateTimeOffset? Find(string uid) => _pending.TryGetValue(uid, out var pending) ? pending.At : null;

    /// <summary>Takes over the target, and kills it after the grace period unless it has ended by then. An earlier time replaces a later one.</summary>
    /// <returns>When it will be killed.</returns>
    public DateTimeOffset Add(string uid, SignalTarget target, TimeSpan grace)
    {
        var at = time.GetUtcNow() + grace;
        if (_pending.TryGetValue(uid, out var before))
        {
            if (before.At <= at)
            {
                target.Dispose();
                return before.At;
            }

            before.Stop.Cancel();
        }

        var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        _pending[uid] = (at, stop, RunAsync(uid, target, grace, stop));
        return at;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_pending.Values.Select(p => p.Task)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync(string uid, SignalTarget target, TimeSpan grace, CancellationTokenSource stop)
    {
        try
        {
            var ended = target.WaitForEndAsync(stop.Token);
            await Task.WhenAny(ended, Task.Delay(grace, time, stop.Token)).ConfigureAwait(false);
            if (!ended.IsCompleted && !stop.IsCancellationRequested)
            {
                target.Send(Signal.Kill);
            }
        }
        catch (LinuxException e)
        {
            LogFailed(uid, e.Message);
        }
        finally
        {
            if (!stop.IsCancellationRequested)
            {
                _pending.TryRemove(uid, out _);
            }

            await stop.CancelAsync().ConfigureAwait(false);
            target.Dispose();
            stop.Dispose();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "process {Uid} could not be killed after its grace period: {Error}")]
    private partial void LogFailed(string uid, string error);
}
