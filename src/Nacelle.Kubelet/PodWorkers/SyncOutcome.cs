namespace Nacelle.Kubelet.PodWorkers;

/// <summary>What a worker does after a step: end the Pod, or look again after a while (null: only when something changes).</summary>
internal readonly record struct SyncOutcome(bool Ended, TimeSpan? LookAgain)
{
    public static SyncOutcome Finished { get; } = new(true, null);

    public static SyncOutcome Again(TimeSpan? after) => new(false, after);
}
