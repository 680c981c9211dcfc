namespace Nacelle.Runtime.Oci.Spec;

/// <summary>What the cgroup lets a container do with devices; null numbers mean all.</summary>
internal sealed record OciDeviceRule
{
    public required bool Allow { get; init; }

    public string? Type { get; init; }

    public long? Major { get; init; }

    public long? Minor { get; init; }

    public string? Access { get; init; }
}
