namespace Nacelle.Runtime.Oci.Spec;

/// <summary>Processes and threads.</summary>
internal sealed record OciPids
{
    public required long Limit { get; init; }
}
