namespace Nacelle.Runtime.Images.Oci;

/// <summary>
/// An image manifest or an image index, of OCI or of Docker's schema 2: their members don't overlap, so one record reads both.
/// </summary>
internal sealed record OciManifest
{
    public int SchemaVersion { get; init; }

    public string? MediaType { get; init; }

    public OciDescriptor? Config { get; init; }

    public IReadOnlyList<OciDescriptor>? Layers { get; init; }

    public IReadOnlyList<OciDescriptor>? Manifests { get; init; }
}
