using Nacelle.Linux;
using Nacelle.Linux.Files;

namespace Nacelle.Inspect.Files;

/// <summary>A file that was found and is only named (O_PATH) yet: it can be described whatever its kind, and opened if it is a file or a directory.</summary>
public sealed class FileNode : IDisposable
{
    // Not blocked by a fifo, a lease or a lock; no trace left in the container; never a controlling terminal.
    private const OpenFlags ForReading = OpenFlags.ReadOnly | OpenFlags.NonBlocking | OpenFlags.NoAccessTime | OpenFlags.NoControllingTerminal;

    private readonly ProcessRoot root;

    internal FileNode(ProcessRoot root, FileDescriptor descriptor, FileFacts facts, string? fileSystem) =>
        (this.root, Descriptor, Facts, FileSystem) = (root, descriptor, facts, fileSystem);

    internal FileDescriptor Descriptor { get; }

    internal FileFacts Facts { get; }

    /// <summary>Which directory this is, to find it again from one beneath.</summary>
    internal Place Located => new(Facts.Identity, Facts.MountId);

    /// <summary>The type of the file system it is on; null where its process does not see the mount.</summary>
    public string? FileSystem { get; }

    public FileType Type => FileEntry.TypeOf(Facts.Status);

    /// <summary>What is told of it; a link's target is read only from a file system that keeps data.</summary>
    /// <param name="name">The name it was found by.</param>
    public FileEntry Describe(ReadOnlySpan<byte> name) => FileEntry.From(name, Facts.Status) with
    {
        FileSystem = FileSystem,
        Target = Type == FileType.SymbolicLink && FileSystemTypes.MayBeRead(FileSystem) ? ReadTarget() : null,
    };

    /// <summary>Opens the very file that was found, whatever its name means by now.</summary>
    /// <param name="shown">The path for messages, escaped.</param>
    /// <exception cref="FileRefusedException">It is no regular file, on a file system that is never opened, or the kernel refuses.</exception>
    public FileContent OpenFile(string shown)
    {
        switch (Type)
        {
            case FileType.File:
                CheckFileSystem(shown);
                return new FileContent(Reopen(ForReading, shown), shown);
            case FileType.Directory:
                throw new FileRefusedException(FileRefusal.IsADirectory, $"{shown}: is a directory");
            default:
                throw new FileRefusedException(FileRefusal.NeverOpened, $"{shown}: is {Named(Type)}, which is never opened");
        }
    }

    /// <summary>As <see cref="OpenFile"/>, for reading the names in a directory.</summary>
    /// <exception cref="FileRefusedException">It is no directory, on a file system that is never opened, or the kernel refuses.</exception>
    public DirectoryContent OpenDirectory(string shown)
    {
        if (Type != FileType.Directory)
        {
            throw new FileRefusedException(FileRefusal.NotADirectory, $"{shown}: is {Named(Type)}, not a directory");
        }

        CheckFileSystem(shown);
        return new DirectoryContent(root, Reopen(ForReading | OpenFlags.Directory, shown), Facts, shown);
    }

    public void Dispose() => Descriptor.Dispose();

    /// <exception cref="FileRefusedException">Nothing on its file system is opened.</exception>
    internal void CheckFileSystem(string shown)
    {
        if (!FileSystemTypes.MayBeRead(FileSystem))
        {
            var place = FileSystem is null ? "a mount that the container does not see" : $"a file system of type {FileSystem}";
            throw new FileRefusedException(FileRefusal.NeverOpened, $"{shown}: is on {place}, where nothing is opened");
        }
    }

    private byte[]? ReadTarget()
    {
        try
        {
            return SymbolicLink.ReadTarget(Descriptor);
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    private FileDescriptor Reopen(OpenFlags flags, string shown)
    {
        try
        {
            return RootedFiles.Reopen(Descriptor, flags);
        }
        catch (LinuxException e)
        {
            var reason = e.Errno == Errno.EAGAIN ? "another program holds a lease on it" : Errno.Name(e.Errno);
            throw new FileRefusedException(FileRefusal.Failed, $"{shown}: can't be opened: {reason}", e);
        }
    }

    private static string Named(FileType type) => type switch
    {
        FileType.File => "a file",
        FileType.SymbolicLink => "a symbolic link",
        FileType.Socket => "a socket",
        FileType.CharDevice => "a character device",
        FileType.BlockDevice => "a block device",
        FileType.FIFO => "a fifo",
        _ => "of an unknown kind",
    };

    internal readonly record struct Place(FileIdentity Identity, ulong MountId);
}
