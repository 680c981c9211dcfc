namespace Nacelle.Runtime.Images.State;

/// <summary>A layer of an image: its chain id (OCI image specification, "layer ChainID") names its directory.</summary>
internal sealed record StoredLayer
{
    public required string ChainId { get; init; }

    public long Bytes { get; init; }

    public long Entries { get; init; }
}
