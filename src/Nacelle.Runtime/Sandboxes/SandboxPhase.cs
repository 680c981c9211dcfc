namespace Nacelle.Runtime.Sandboxes;

/// <summary>
/// Where a sandbox stands:
/// <code>
///  Creating ──RunPodSandbox──▶ Ready ──/pause ends──▶ Ended ──StopPodSandbox──▶ Stopped ──RemovePodSandbox──▶ (gone)
///     │ failure: (gone)          └──────StopPodSandbox──────────────────────────▲
/// </code>
/// CRI knows Ready and, for the rest, NotReady. Stopped means that its network and mounts are given back too.
/// </summary>
internal enum SandboxPhase
{
    Creating = 0,
    Ready,
    Ended,
    Stopped,
}
