using Microsoft.Extensions.Logging;
using Nacelle.Linux.Cgroups;
using Nacelle.Runtime.Containers;
using Nacelle.Runtime.Images;
using Nacelle.Runtime.Networking;
using Nacelle.Runtime.Oci;
using Nacelle.Runtime.Sandboxes;

namespace Nacelle.Runtime;

/// <summary>What the calls work with; made once by <see cref="RuntimeHost"/>, which owns and disposes it.</summary>
internal sealed record RuntimeParts
{
    public required RuntimeOptions Options { get; init; }

    public required RuntimeDirectories Directories { get; init; }

    /// <summary>nacelle-sandbox's path.</summary>
    public required string SandboxLauncher { get; init; }

    public required CgroupTree Cgroups { get; init; }

    /// <summary>The hierarchies that /pause, its keeper and conmon enter: those that account and limit.</summary>
    public required CgroupTree LightCgroups { get; init; }

    public required OciRuntime OciRuntime { get; init; }

    public required Conmon Conmon { get; init; }

    public required ImageStore Images { get; init; }

    public required PodNetwork Network { get; init; }

    public required SandboxStore Sandboxes { get; init; }

    public required ContainerStore Containers { get; init; }

    public required ExitFiles ExitFiles { get; init; }

    public required ContainerEvents Events { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Cancelled when the runtime stops; background work ends with it, containers don't.</summary>
    public required CancellationToken Stopping { get; init; }

    public required string BootId { get; init; }

    /// <summary>The lowest oom_score_adj that this process may give; null when it may give any.</summary>
    public required long? OomScoreFloor { get; init; }

    public TimeProvider Time => Options.Time;
}
