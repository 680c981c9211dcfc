namespace Nacelle.Runtime.Images.Layers;

/// <summary>A modification time.</summary>
/// <param name="Seconds">Since 1970, may be negative.</param>
/// <param name="Nanoseconds">0 to 999,999,999.</param>
internal readonly record struct TarTime(long Seconds, uint Nanoseconds);
