namespace Nacelle.Inspect.Files;

/// <summary>Why a file is not shown or read.</summary>
public enum FileRefusal
{
    /// <summary>Nothing of that name.</summary>
    NotFound,

    /// <summary>A part of the path that should be a directory is none.</summary>
    NotADirectory,

    /// <summary>A directory has no content to read.</summary>
    IsADirectory,

    /// <summary>More than 40 symbolic links on the way, too long a path, an empty one, or one with a NUL.</summary>
    BadPath,

    /// <summary>Its kind, or the file system it is on, is never opened.</summary>
    NeverOpened,

    /// <summary>It was moved or replaced while the path was walked, or between two pages of a list.</summary>
    Changed,

    /// <summary>The process whose root it is beneath has ended.</summary>
    ProcessEnded,

    /// <summary>The kernel refused otherwise.</summary>
    Failed,
}
