using Microsoft.Extensions.Logging;
using Nacelle.Inspect.Processes;
using Nacelle.Linux;
using Nacelle.Linux.Processes;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>
/// The processes that were asked to end and are killed when their grace period is over. Their orders are in files: a kubelet that starts again goes on with
/// those of the one before.
/// </summary>
/// <param name="files">The orders.</param>
/// <param name="killed">Called after a process was killed.</param>
/// <param name="time">Says when a grace period is over.</param>
/// <param name="logger">Told of what could not be done.</param>
internal sealed partial class PendingKills(KillOrderFiles files, Action<KillOrder> killed, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Pending> _pending = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Goes on with the orders of the kubelet before; those for processes that have ended are dropped.</summary>
    public void Resume() => OnFiles(() =>
    {
        foreach (var order in files.Read())
        {
            if (ProcessUid.TryParse(order.Uid) is (var pid, var start) && SignalTarget.TryOpen(pid, start) is { } target)
            {
                Add(order, target);
            }
            else
            {
                files.Forget(order.Uid);
            }
        }
    });

    /// <summary>Takes over the target, and kills it after the grace period unless it has ended by then. An earlier time replaces a later one.</summary>
    public void Add(KillOrder order, SignalTarget target)
    {
        lock (_gate)
        {
            if (_stop.IsCancellationRequested || (_pending.TryGetValue(order.Uid, out var before) && before.Order.At <= order.At))
            {
                target.Dispose();
                return;
            }

            OnFiles(() => files.Keep(order));
            var pending = new Pending(order, CancellationTokenSource.CreateLinkedTokenSource(_stop.Token));
            _pending[order.Uid] = pending;
            pending.Task = Task.Run(() => RunAsync(pending, target), CancellationToken.None);

            // Last: the one before must find, as soon as it ends, that it is not the present one.
            before?.Replaced.Cancel();
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

    /// <summary>What files do not take or give is told, and no reason to stop: without them a restart of the kubelet forgets.</summary>
    private void OnFiles(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogFiles(e.Message);
        }
    }

    private async Task RunAsync(Pending pending, SignalTarget target)
    {
        var order = pending.Order;
        var left = order.At - time.GetUtcNow();
        var grace = left < TimeSpan.Zero ? TimeSpan.Zero : left > Longest ? Longest : left;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(pending.Replaced.Token);
        try
        {
            var ended = target.WaitForEndAsync(over.Token);
            var first = await Task.WhenAny(ended, Task.Delay(grace, time, over.Token)).ConfigureAwait(false);
            if (first != ended && !over.IsCancellationRequested && target.Send(Signal.Kill))
            {
                killed(order);
            }
        }
        catch (LinuxException e)
        {
            LogFailed(order.Uid, e.Message);
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            target.Dispose();
            lock (_gate)
            {
                if (_pending.TryGetValue(order.Uid, out var current) && current == pending)
                {
                    _pending.Remove(order.Uid);
                    if (!_stop.IsCancellationRequested)
                    {
                        OnFiles(() => files.Forget(order.Uid));
                    }
                }

                pending.Replaced.Dispose();
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "process {Uid} could not be killed after its grace period: {Error}")]
    private partial void LogFailed(string uid, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the files that keep due kills over a restart: {Error}")]
    private partial void LogFiles(string error);

    private sealed class Pending(KillOrder order, CancellationTokenSource replaced)
    {
        public KillOrder Order => order;

        /// <summary>Cancelled where another one takes over, or the kubelet stops. Of the dictionary's entries none is disposed of.</summary>
        public CancellationTokenSource Replaced => replaced;

        public Task Task { get; set; } = Task.CompletedTask;
    }
}
