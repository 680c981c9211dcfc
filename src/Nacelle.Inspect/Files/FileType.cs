namespace Nacelle.Inspect.Files;

/// <summary>The kinds of file, in the words of a hostPath volume's <c>type</c> where it has them.</summary>
public enum FileType
{
    /// <summary>The file system would have to be asked, and is not: another user's FUSE file system.</summary>
    Unknown,
    File,
    Directory,
    SymbolicLink,
    Socket,
    CharDevice,
    BlockDevice,
    FIFO,
}
