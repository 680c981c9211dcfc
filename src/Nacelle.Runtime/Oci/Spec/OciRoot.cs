namespace Nacelle.Runtime.Oci.Spec;

/// <summary>The root file system.</summary>
internal sealed record OciRoot
{
    public required string Path { get; init; }

    public bool Readonly { get; init; }
}
