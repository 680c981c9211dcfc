namespace Nacelle.Runtime.Containers;

/// <summary>
/// Where a container stands:
/// <code>
///  Created ──StartContainer──▶ Running ──first process ends──▶ Exited ──RemoveContainer──▶ (gone)
///     │                                                          ▲
///     └──StartContainer fails (reason StartError, code 128)──────┘
/// </code>
/// The record has the first process's PID from just before the OCI runtime's start: after a crash in between, the OCI runtime tells whether a
/// container in state Created was started (then it is Running) or waits (then it is undone).
/// </summary>
internal enum ContainerPhase
{
    Created = 0,
    Running,
    Exited,
}
