namespace Nacelle.Runtime.Images.State;

/// <summary>All names, in one file that is replaced as a whole, so that a tag moves in one step.</summary>
internal sealed record StoredReferences
{
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    public IReadOnlyList<StoredReference> References { get; init; } = [];
}
