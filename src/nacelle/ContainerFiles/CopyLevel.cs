using Nacelle.Inspect.Files;
using Nacelle.Linux;
using Nacelle.Linux.Files;

namespace Nacelle.ContainerFiles;

/// <summary>A directory on the way down of a copy: the source's path, the copy held open, and which of its directories are still to be copied.</summary>
internal sealed class CopyLevel : IDisposable
{
    private const uint PrivateMode = 0x1C0;

    private CopyLevel(FileDescriptor directory, byte[] name, byte[] path, uint mode) => (Directory, Name, Path, Mode) = (directory, name, path, mode);

    public FileDescriptor Directory { get; }

    /// <summary>The copy's name in the directory above.</summary>
    public byte[] Name { get; }

    /// <summary>The source's path in the container.</summary>
    public byte[] Path { get; }

    /// <summary>The source's permissions, which the copy gets when all is in it.</summary>
    public uint Mode { get; }

    public Queue<FileEntry> Directories { get; } = new();

    /// <exception cref="LinuxException">It can't be made.</exception>
    public static CopyLevel Make(FileDescriptor parent, byte[] name, byte[] path, uint mode)
    {
        FileAt.MakeDirectory(parent, name, PrivateMode);
        return new CopyLevel(FileAt.OpenDirectory(parent, name), name, path, mode);
    }

    public byte[] PathOf(byte[] name) => Path.AsSpan().EndsWith("/"u8) ? [.. Path, .. name] : [.. Path, (byte)'/', .. name];

    public void Dispose() => Directory.Dispose();
}
