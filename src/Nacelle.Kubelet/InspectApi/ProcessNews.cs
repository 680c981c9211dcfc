using Nacelle.Inspect.Processes;
using Nacelle.Linux.Netlink;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>What the process connector told since the last look, as the Pods that have to be looked at. For one task.</summary>
/// <param name="connector">Null where there is none: every wait then takes its whole time.</param>
/// <param name="index">Knows processes by their PID.</param>
/// <param name="podOf">Knows processes by their control group.</param>
/// <param name="time">The clock.</param>
internal sealed class ProcessNews(ProcessConnector? connector, ProcessIndex index, Func<int, string?> podOf, TimeProvider time)
{
    // Many changes come together: the first of them waits this long for the others, so that a busy Pod is read six times a second at most.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(150);

    private readonly List<ProcessEvent> _events = [];

    /// <summary>The Pods in which something was told.</summary>
    public HashSet<string> PodUids { get; } = new(StringComparer.Ordinal);

    /// <summary>Something was told that no known container explains, or events were lost.</summary>
    public bool Everything { get; private set; }

    /// <summary>Forgets what was told before, and waits until something of ours is told, for at most that long.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        PodUids.Clear();
        Everything = longest == TimeSpan.Zero;
        if (connector is null)
        {
            await Task.Delay(longest, time, cancellationToken).ConfigureAwait(false);
            return;
        }

        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(longest);
        try
        {
            while (!Everything && PodUids.Count == 0)
            {
                await connector.WaitAsync(bound.Token).ConfigureAwait(false);
                Take();
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return;
        }

        await Task.Delay(Gather, time, cancellationToken).ConfigureAwait(false);
        Take();
    }

    private void Take()
    {
        _events.Clear();
        Everything |= !connector!.Read(_events);
        foreach (var item in _events)
        {
            if (index.FindPodUid(item.Pid) is { } uid)
            {
                PodUids.Add(uid);
            }
            else if (item.Kind == ProcessEventKind.Exec && podOf(item.Pid) is { } found)
            {
                // Into a container from outside (exec), or a container that is new.
                Everything |= found.Length == 0;
                PodUids.Add(found);
            }
        }
    }
}
