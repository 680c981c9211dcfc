using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Nacelle.Inspect.Processes;
using Nacelle.Linux.Netlink;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>
/// Keeps the index up to date while somebody watches, and costs nothing else. With the kernel's process connector it reads a Pod's processes anew when
/// one of them forks, executes, ends or changes its user, and glances at all of them in between, as the connector does not tell who is stopped. Without
/// it each glance is a closer one.
/// </summary>
/// <param name="list">All running containers of this node's Pods.</param>
/// <param name="podOf">The UID of the Pod that a process on the host is in: see <see cref="InspectedContainers.FindPodUid"/>.</param>
/// <param name="index">What is kept up to date.</param>
/// <param name="open">Opens the connector.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it tells what failed.</param>
internal sealed partial class ProcessFollower(
    Func<CancellationToken, Task<ImmutableArray<InspectedContainer>>> list, Func<int, string?> podOf, ProcessIndex index, ConnectorSource open,
    TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>A change shows within a second, reading and writing included.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(800);

    // A container that is new or gone shows by its first process; this is for Pods' labels, and for what is moved between control groups in silence.
    private static readonly TimeSpan Relist = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private int _watchers;
    private int _stale;
    private CancellationTokenSource? _running;
    private Task _task = Task.CompletedTask;

    /// <summary>Follows until the result is disposed of.</summary>
    public IDisposable Follow()
    {
        lock (_gate)
        {
            if (_watchers++ == 0)
            {
                _running = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                var (previous, cancellationToken) = (_task, _running.Token);
                _task = Task.Run(() => RunAsync(previous, cancellationToken), CancellationToken.None);
            }
        }

        return new Following(this);
    }

    /// <summary>The runtime tells that a container or sandbox is new, gone or in another state.</summary>
    public void Wake() => Interlocked.Exchange(ref _stale, 1);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _running?.Dispose();
        _stop.Dispose();
    }

    private void Leave()
    {
        lock (_gate)
        {
            if (--_watchers == 0)
            {
                _running!.Cancel();
            }
        }
    }

    private async Task RunAsync(Task previous, CancellationToken cancellationToken)
    {
        await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var connector = open(out var reason);
        if (connector is null)
        {
            LogPolling(reason);
        }

        var news = new ProcessNews(connector, index, podOf, time);
        ImmutableArray<InspectedContainer> known = [];
        long listed = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                // What has just begun may not be in the runtime's list yet: the look after that one lists, too.
                var settle = news.Everything;
                await news.WaitAsync(listed == 0 ? TimeSpan.Zero : Glance, cancellationToken).ConfigureAwait(false);
                var everything = news.Everything || settle || Interlocked.Exchange(ref _stale, 0) != 0;
                var before = known;
                var relist = everything || time.GetElapsedTime(listed) > Relist;
                if (relist)
                {
                    known = await list(cancellationToken).ConfigureAwait(false);
                    listed = time.GetTimestamp();
                }

                if (everything)
                {
                    index.Refresh(known, _ => true);
                    continue;
                }

                var changed = (connector is null ? index.FindChanged(known) : index.FindChanged()).Concat(news.PodUids).ToHashSet(StringComparer.Ordinal);
                if (relist)
                {
                    changed.UnionWith(FindDescribedOtherwise(before, known));
                    changed.UnionWith(index.FindStrays(known));
                }

                if (changed.Count > 0)
                {
                    index.Refresh(known.Where(c => changed.Contains(c.Pod.Uid)), pod => changed.Contains(pod.Uid));
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogFailed(e.Message);
                listed = 0;
                await Task.Delay(Glance, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>The UIDs of the Pods of which a container is new or gone, or that have other labels.</summary>
    private static IEnumerable<string> FindDescribedOtherwise(ImmutableArray<InspectedContainer> before, ImmutableArray<InspectedContainer> after) =>
        after.Except(before).Concat(before.Except(after)).Select(c => c.Pod.Uid);

    [LoggerMessage(Level = LogLevel.Information, Message = "processes are polled while they are watched: the kernel's process connector is not to be had ({Reason})")]
    private partial void LogPolling(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "following the processes failed, again in a moment: {Error}")]
    private partial void LogFailed(string error);

    private sealed class Following(ProcessFollower owner) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                owner.Leave();
            }
        }
    }
}
