namespace Nacelle.ApiServer.Storage;

/// <summary>The key was not as the writer expected: read it again. Nothing was written.</summary>
public sealed class StoreConflictException(string key, long current)
    : Exception($"the object {key} is at revision {current}, not at the expected one")
{
    /// <summary>The key's revision now; 0 when it does not exist.</summary>
    public long Current { get; } = current;
}
