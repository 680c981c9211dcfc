using Nacelle.Linux.Cgroups;
using Nacelle.Runtime.Images;
using Nacelle.Runtime.Oci.Spec;
using Runtime.V1;

namespace Nacelle.Runtime.Oci;

/// <summary>Everything that <see cref="OciConfigBuilder"/> decides from.</summary>
internal sealed record OciConfigInput
{
    public required ContainerConfig Config { get; init; }

    /// <summary>What UpdateContainerResources made of the configuration's before the start; null: the configuration's own.</summary>
    public LinuxContainerResources? Resources { get; init; }

    public required OciImageConfig Image { get; init; }

    public required OciUser User { get; init; }

    public required string Rootfs { get; init; }

    public required string CgroupPath { get; init; }

    public required CgroupVersion Cgroups { get; init; }

    /// <summary>Becomes /dev/shm.</summary>
    public required string SharedMemory { get; init; }

    /// <summary>Holds the hostname, resolv.conf and hosts files.</summary>
    public required string SandboxDirectory { get; init; }

    public required string Hostname { get; init; }

    /// <summary>Path of each namespace to join; a kind that is absent is made new, an empty path is the host's.</summary>
    public required IReadOnlyDictionary<string, string> Namespaces { get; init; }

    /// <summary>The bounding set of this process.</summary>
    public required ulong AvailableCapabilities { get; init; }

    /// <summary>The lowest oom_score_adj that can be given; null for any.</summary>
    public required long? OomScoreFloor { get; init; }
}
