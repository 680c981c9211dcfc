namespace Nacelle.ApiServer.Storage;

/// <summary>Where and how long the store keeps objects.</summary>
public sealed record StoreOptions
{
    /// <summary>Directory of the database; made if absent (0700).</summary>
    public required string Directory { get; init; }

    /// <summary>How long superseded revisions stay readable.</summary>
    public TimeSpan KeepRevisions { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often superseded revisions and expired objects are looked for.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Store name → life after the last write.</summary>
    public IReadOnlyDictionary<string, TimeSpan> TimeToLive { get; init; } = new Dictionary<string, TimeSpan>();

    /// <summary>Clock for ages.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
