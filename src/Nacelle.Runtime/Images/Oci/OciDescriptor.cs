namespace Nacelle.Runtime.Images.Oci;

/// <summary>A reference to content (OCI image specification, "descriptor"), as a registry writes it: not yet trusted.</summary>
internal sealed record OciDescriptor
{
    public string? MediaType { get; init; }

    public string? Digest { get; init; }

    public long Size { get; init; }

    public OciPlatform? Platform { get; init; }
}
