using System.Text;
using Nacelle.Linux;
using Nacelle.Linux.Files;

namespace Nacelle.Runtime.Images.Layers;

/// <summary>
/// The directory that a layer is unpacked into: opens and makes directories beneath it, whatever links the archive has put there, and
/// says what the layers below had. Links are followed as a container would follow them, with the layer's directory as <c>/</c>.
/// </summary>
internal sealed class LayerTree : IDisposable
{
    private const ResolveFlags Plain = ResolveFlags.Beneath | ResolveFlags.NoSymbolicLinks | ResolveFlags.NoCrossDevice;
    private const ResolveFlags Following = ResolveFlags.InRoot | ResolveFlags.NoMagicLinks | ResolveFlags.NoCrossDevice;
    private readonly FileDescriptor root;
    private readonly List<FileDescriptor> lowers = [];
    private readonly List<(byte[] Path, TarTime Time)> directoryTimes = [];
    private byte[] lastPath = [];
    private FileDescriptor? last;

    /// <param name="path">An existing, empty directory.</param>
    /// <param name="lowers">The layers below, the lowest first.</param>
    public LayerTree(string path, IEnumerable<string> lowers)
    {
        root = FileAt.OpenAbsolute(path);
        try
        {
            foreach (string lower in lowers.Reverse())
            {
                this.lowers.Add(FileAt.OpenAbsolute(lower));
            }

            InheritFromLowers(root, "."u8, []);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The layer's root.</summary>
    public FileDescriptor Root => root;

    /// <summary>The root directories of the layers below, the uppermost first.</summary>
    public IReadOnlyList<FileDescriptor> Lowers => lowers;

    /// <summary>Opens a directory, making what is missing of it. The descriptor stays this object's and is good until the next call.</summary>
    /// <exception cref="ImageException">Something in the way isn't a directory.</exception>
    public FileDescriptor OpenOrMake(byte[] path)
    {
        if (path.Length == 0)
        {
            return root;
        }

        if (last is null || !lastPath.AsSpan().SequenceEqual(path))
        {
            FileDescriptor opened = TryOpen(path) ?? Make(path);
            last?.Dispose();
            (last, lastPath) = (opened, path);
        }

        return last;
    }

    /// <summary>Opens a directory that the archive has made before; the caller disposes it.</summary>
    /// <returns>Null if there is none.</returns>
    public FileDescriptor? TryOpen(ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> name = path.IsEmpty ? "."u8 : path;
        const OpenFlags flags = OpenFlags.PathOnly | OpenFlags.Directory;
        try
        {
            return FileAt.OpenIn(root, name, flags, Plain);
        }
        catch (LinuxException e) when (e.Errno is Errno.ELOOP)
        {
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            return null;
        }

        FileDescriptor? opened = null;
        try
        {
            opened = FileAt.OpenIn(root, name, flags, Following);
            // Links to links can build a tree deeper than any path can say, which nobody could remove again.
            FileAt.CheckReachable(opened);
            return opened;
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            opened?.Dispose();
            return null;
        }
        catch
        {
            opened?.Dispose();
            throw;
        }
    }

    /// <summary>Makes a directory where none is; one that takes the place of a whiteout doesn't let the layers below shine through.</summary>
    /// <returns>False if there was one already.</returns>
    public bool MakeDirectory(FileDescriptor parent, byte[] name)
    {
        FileStatus? present = FileAt.Status(parent, name);
        if (present is { IsDirectory: true })
        {
            return false;
        }

        if (present is not null)
        {
            Remove(parent, name);
        }

        FileAt.MakeDirectory(parent, name, 0x1ED);
        if (present is { IsWhiteout: true })
        {
            MakeOpaque(parent, name);
        }

        return true;
    }

    /// <summary>Hides what the layers below have in this directory (overlayfs: <c>trusted.overlay.opaque</c>).</summary>
    public static void MakeOpaque(FileDescriptor parent, ReadOnlySpan<byte> name) =>
        ExtendedAttributes.Set(parent, name, "trusted.overlay.opaque"u8, "y"u8);

    /// <summary>Removes an entry that a later one of the same name replaces.</summary>
    public void Remove(FileDescriptor parent, byte[] name)
    {
        FileTree.Remove(parent, name);
        // The open directory may have been part of what is gone, or been reached through it; it stays open until the next call.
        lastPath = [];
    }

    /// <summary>Remembers a directory's time, to be set when nothing more is put into it.</summary>
    public void SetTimeLater(byte[] path, TarTime time) => directoryTimes.Add((path, time));

    /// <summary>Sets the remembered times.</summary>
    public void SetTimes()
    {
        foreach ((byte[] path, TarTime time) in directoryTimes)
        {
            using FileDescriptor? directory = TryOpen(path);
            if (directory is not null)
            {
                FileAt.SetTime(directory, "."u8, time.Seconds, time.Nanoseconds);
            }
        }
    }

    public void Dispose()
    {
        last?.Dispose();
        root.Dispose();
        lowers.ForEach(lower => lower.Dispose());
    }

    private FileDescriptor Make(byte[] path)
    {
        int slash = Array.LastIndexOf(path, (byte)'/');
        byte[] parentPath = slash < 0 ? [] : path[..slash];
        byte[] name = path[(slash + 1)..];
        using FileDescriptor parent = TryOpen(parentPath) ?? Make(parentPath);
        if (FileAt.Status(parent, name) is { IsWhiteout: false })
        {
            throw new ImageException(ImageError.Corrupt, $"layer puts entries under {Encoding.UTF8.GetString(path)}, which is not a directory");
        }

        MakeDirectory(parent, name);
        FileAt.SetPermissions(parent, name, 0x1ED);
        InheritFromLowers(parent, name, path);
        return TryOpen(path) ?? throw new ImageException(ImageError.Corrupt, $"layer's directory {Encoding.UTF8.GetString(path)} can't be opened");
    }

    /// <summary>A directory that the archive only implies looks as it did in the layers below: overlayfs shows the uppermost one's owner and mode.</summary>
    private void InheritFromLowers(FileDescriptor parent, ReadOnlySpan<byte> name, byte[] path)
    {
        foreach (FileDescriptor lower in lowers)
        {
            using FileDescriptor? directory = OpenLower(lower, path);
            if (directory is null)
            {
                continue;
            }

            FileStatus status = FileAt.Status(directory, ""u8)!.Value;
            FileAt.SetOwner(parent, name, status.Uid, status.Gid);
            FileAt.SetPermissions(parent, name, status.Permissions);
            SetTimeLater(path, new TarTime(status.ModifiedSeconds, status.ModifiedNanoseconds));
            return;
        }
    }

    private static FileDescriptor? OpenLower(FileDescriptor lower, byte[] path)
    {
        try
        {
            return FileAt.OpenIn(lower, path.Length == 0 ? "."u8 : path, OpenFlags.PathOnly | OpenFlags.Directory, Plain);
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
        {
            return null;
        }
    }
}
