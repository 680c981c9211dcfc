namespace Nacelle.Controllers.Namespaces;

/// <summary>What one pass over a Terminating namespace found.</summary>
/// <param name="Resources">How many objects are left of each resource, by <c>plural.group</c> (<c>pods.</c> in the core group, as upstream writes it).</param>
/// <param name="Finalizers">How many of them wait for each finalizer.</param>
/// <param name="DeletionFailures">What went wrong, one line a resource.</param>
/// <param name="DiscoveryFailure">Why not every resource is known; null when all are.</param>
public sealed record ContentRemains(
    IReadOnlyDictionary<string, int> Resources,
    IReadOnlyDictionary<string, int> Finalizers,
    IReadOnlyList<string> DeletionFailures,
    string? DiscoveryFailure)
{
    public bool IsEmpty => Resources.Count == 0 && DeletionFailures.Count == 0 && DiscoveryFailure is null;
}
