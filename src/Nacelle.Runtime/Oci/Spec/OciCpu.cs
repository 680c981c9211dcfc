namespace Nacelle.Runtime.Oci.Spec;

/// <summary>CPU time, in microseconds where it is time.</summary>
internal sealed record OciCpu
{
    public ulong? Shares { get; init; }

    public long? Quota { get; init; }

    public ulong? Period { get; init; }

    public string? Cpus { get; init; }

    public string? Mems { get; init; }
}
