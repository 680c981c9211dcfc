namespace Nacelle.Runtime.Oci.Spec;

/// <summary>Bytes of huge pages of one size.</summary>
internal sealed record OciHugepageLimit
{
    public required string PageSize { get; init; }

    public required ulong Limit { get; init; }
}
