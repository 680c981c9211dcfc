using Nacelle.Inspect.Files;

namespace Nacelle.ContainerFiles;

/// <summary>A part of a directory's list.</summary>
/// <param name="Continue">With what the next part is asked for; null at the end.</param>
internal sealed record FilePage(IReadOnlyList<FileEntry> Entries, string? Continue);
