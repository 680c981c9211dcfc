namespace Nacelle.ContainerFiles;

/// <summary>A file's content ended before its length. HTTP tells the length, and no reason why less came.</summary>
internal sealed class ShortFileException(long read, Exception inner)
    : Exception($"cut after {read} bytes: the file has become shorter meanwhile, or the server went away", inner);
