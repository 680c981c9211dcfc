namespace Nacelle.ContainerFiles;

/// <summary>How much a copy may bring in all: what is copied is chosen by the container, the disk it fills is the host's.</summary>
/// <param name="MaxBytes">Bytes of content.</param>
/// <param name="MaxEntries">Files, directories and links.</param>
internal sealed record CopyBounds(long MaxBytes, long MaxEntries);
