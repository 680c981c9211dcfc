namespace Nacelle.ApiServer.Storage;

/// <summary>A revision was asked for that has been compacted.</summary>
public sealed class StoreExpiredException(long requested, long oldest)
    : Exception($"too old resource version: {requested} ({oldest})")
{
    /// <summary>The revision asked for.</summary>
    public long Requested { get; } = requested;

    /// <summary>The oldest revision that can still be read.</summary>
    public long Oldest { get; } = oldest;
}
