namespace Nacelle.Runtime.Images.Layers;

/// <summary>What an unpacked layer takes.</summary>
/// <param name="Bytes">Bytes of file content.</param>
/// <param name="Entries">Inodes, about.</param>
public readonly record struct LayerSummary(long Bytes, long Entries);
