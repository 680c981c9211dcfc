namespace Nacelle.Runtime.Images.Layers;

/// <summary>What a single image may make us store. Reaching a bound fails the pull.</summary>
public sealed record LayerLimits
{
    /// <summary>Bytes of one layer's compressed form.</summary>
    public long MaxBlobBytes { get; init; } = 64L << 30;

    /// <summary>Bytes of one layer's unpacked tar stream.</summary>
    public long MaxLayerBytes { get; init; } = 128L << 30;

    /// <summary>Entries of one layer.</summary>
    public int MaxEntries { get; init; } = 4_000_000;

    /// <summary>Layers of one image; overlayfs itself takes no more than 500.</summary>
    public int MaxLayers { get; init; } = 127;
}
