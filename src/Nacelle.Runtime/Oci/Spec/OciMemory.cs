namespace Nacelle.Runtime.Oci.Spec;

/// <summary>Bytes.</summary>
internal sealed record OciMemory
{
    public long? Limit { get; init; }

    public long? Swap { get; init; }
}
