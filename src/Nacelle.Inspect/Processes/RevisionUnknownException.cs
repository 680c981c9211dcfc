namespace Nacelle.Inspect.Processes;

/// <summary>The changes after that revision are not known any more, or it is none of this index: list again.</summary>
public sealed class RevisionUnknownException(long revision, long oldest)
    : Exception($"too old resource version: {revision} ({oldest})");
