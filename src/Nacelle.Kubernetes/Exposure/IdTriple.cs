namespace Nacelle.Kubernetes.Exposure;

/// <summary>Real, effective and saved set-ID of a process (credentials(7)). The file system ID follows the effective one.</summary>
/// <remarks>Negative numbers stand for an ID that a manifest does not tell; two equal ones are the same unknown ID.</remarks>
public readonly record struct IdTriple(long Real, long Effective, long Saved)
{
    public static IdTriple All(long id) => new(id, id, id);

    /// <summary>Whether all three are <paramref name="id"/>.</summary>
    public bool AllAre(long id) => Real == id && Effective == id && Saved == id;

    /// <summary>Whether one of the three is <paramref name="id"/>: what a process may change to without a capability.</summary>
    public bool Has(long id) => Real == id || Effective == id || Saved == id;
}
