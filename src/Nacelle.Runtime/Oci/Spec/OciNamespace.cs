namespace Nacelle.Runtime.Oci.Spec;

/// <summary>A namespace: a new one, or the one at a path.</summary>
internal sealed record OciNamespace
{
    public required string Type { get; init; }

    public string? Path { get; init; }
}
