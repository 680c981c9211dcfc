namespace Nacelle.ApiServer.Storage;

/// <summary>A change to one key, made only if the key still is as the writer saw it.</summary>
public sealed record StoreWrite
{
    /// <summary>Name of the store, such as <c>pods</c>.</summary>
    public required string Kind { get; init; }

    /// <summary><c>namespace/name</c>, or <c>name</c>.</summary>
    public required string Key { get; init; }

    /// <summary>The object as it was read, or null to create it.</summary>
    public StoredObject? Expected { get; init; }

    /// <summary>The new object in storage form, without a resourceVersion; see <see cref="StoredJson"/>.</summary>
    public required byte[] Json { get; init; }

    /// <summary>Whether to remove the key; <see cref="Json"/> then is its last state.</summary>
    public bool Delete { get; init; }

    /// <summary>Acknowledge once the write is visible, before it is safe from a power cut.</summary>
    public bool Relaxed { get; init; }
}
