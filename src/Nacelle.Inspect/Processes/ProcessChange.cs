namespace Nacelle.Inspect.Processes;

/// <summary>One entry of the index's log.</summary>
/// <param name="Revision">Its place in the sequence.</param>
/// <param name="Before">As it was; null for a new process.</param>
/// <param name="After">As it is; null for one that is gone.</param>
public sealed record ProcessChange(long Revision, IndexedProcess? Before, IndexedProcess? After);
