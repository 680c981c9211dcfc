using System.Collections.Immutable;

namespace Nacelle.Runtime.Oci.Spec;

/// <summary>Limits of the cgroup.</summary>
internal sealed record OciResources
{
    public ImmutableArray<OciDeviceRule> Devices { get; init; } = [];

    public OciMemory? Memory { get; init; }

    public OciCpu? Cpu { get; init; }

    public OciPids? Pids { get; init; }

    public ImmutableArray<OciHugepageLimit>? HugepageLimits { get; init; }

    public ImmutableSortedDictionary<string, string>? Unified { get; init; }
}
