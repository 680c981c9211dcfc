namespace Nacelle.Runtime.Containers;

/// <summary>
/// Where a container stands:
/// <code>
///  Created ──StartContainer──▶ Running ──first process ends──▶ Exited ──RemoveContainer──▶ (gone)
///     │                                                          ▲
///     └──StartContainer fails (reason StartError, code 128)──────┘
/// </code>
/// </summary>
internal enum ContainerPhase
{
    Created = 0,
    Running,
    Exited,
}
