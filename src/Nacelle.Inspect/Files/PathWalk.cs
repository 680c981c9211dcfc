using Nacelle.Inspect.Processes;
using Nacelle.Linux;
using Nacelle.Linux.Files;

namespace Nacelle.Inspect.Files;

/// <summary>
/// Walks one path beneath a process's root, whose content is hostile and may change meanwhile. One name at a time, each opened only to name it (O_PATH) by
/// openat2(2) with RESOLVE_IN_ROOT and RESOLVE_NO_MAGICLINKS and never followed; links are read and their targets walked the same way, from the root where they
/// are absolute. So nothing outside of the root is reached, nothing on the way is opened, and a directory is searched only after its mount was seen to be of a
/// file system that keeps data: one openat2 for the whole path would be guarded as well against leaving the root, but would first ask the FUSE
/// program that it meets.
/// </summary>
internal sealed class PathWalk(ProcessRoot root, byte[] path)
{
    // MAXSYMLINKS of the kernel.
    private const int MaxLinks = 40;
    private const int MaxPath = 4096;

    private readonly Stack<ReadOnlyMemory<byte>> pending = new();
    private readonly Stack<FileNode.Place> ancestors = new();
    private int links;

    /// <exception cref="FileRefusedException">There is no such file, or the way to it leads through what is never opened.</exception>
    public FileNode Walk(bool followLast)
    {
        if (path.Length is 0 or >= MaxPath || path.Contains((byte)0))
        {
            throw Refused(FileRefusal.BadPath, path.Length == 0 ? "a path must not be empty" : "the path is too long, or has a NUL in it");
        }

        Push(path);
        var current = root.Directory();
        try
        {
            while (pending.TryPop(out var name))
            {
                Step(ref current, name.Span, followLast);
            }

            return current;
        }
        catch (LinuxException e)
        {
            current.Dispose();
            throw Translate(e);
        }
        catch
        {
            current.Dispose();
            throw;
        }
    }

    private void Step(ref FileNode current, ReadOnlySpan<byte> name, bool followLast)
    {
        if (!current.Facts.Status.IsDirectory)
        {
            if (current.Type == FileType.Unknown)
            {
                current.CheckFileSystem(Shown);
            }

            throw Refused(FileRefusal.NotADirectory, $"{Shown}: not a directory");
        }

        if (name.SequenceEqual("."u8))
        {
            return;
        }

        if (name.SequenceEqual(".."u8))
        {
            Replace(ref current, Up(current));
            return;
        }

        current.CheckFileSystem(Shown);
        var next = Open(FileAt.OpenIn(current.Descriptor, name, OpenFlags.PathOnly | OpenFlags.NoFollow, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks), current);
        if (!next.Facts.Status.IsSymbolicLink || (pending.Count == 0 && !followLast))
        {
            ancestors.Push(current.Located);
            Replace(ref current, next);
            return;
        }

        using (next)
        {
            if (Follow(next))
            {
                ancestors.Clear();
                Replace(ref current, root.Directory());
            }
        }
    }

    /// <returns>Whether the link leads back to the root.</returns>
    private bool Follow(FileNode link)
    {
        if (++links > MaxLinks)
        {
            throw Refused(FileRefusal.BadPath, $"{Shown}: more than {MaxLinks} symbolic links");
        }

        link.CheckFileSystem(Shown);
        var target = SymbolicLink.ReadTarget(link.Descriptor);
        Push(target);
        return target.AsSpan().StartsWith("/"u8);
    }

    /// <summary>The kernel's <c>..</c> knows no root: it is taken only where it leads to the directory that the walk came from.</summary>
    private FileNode Up(FileNode current)
    {
        if (!ancestors.TryPop(out var expected) || ancestors.Count == 0)
        {
            return root.Directory();
        }

        var parent = Open(FileAt.OpenIn(current.Descriptor, ".."u8, OpenFlags.PathOnly | OpenFlags.NoFollow, ResolveFlags.NoMagicLinks), current);
        if (parent.Located == expected)
        {
            return parent;
        }

        parent.Dispose();
        throw Refused(FileRefusal.Changed, $"{Shown}: a directory was moved while the path was walked");
    }

    private FileNode Open(FileDescriptor descriptor, FileNode from)
    {
        try
        {
            var facts = FileFacts.TryRead(descriptor, default) ?? throw new LinuxException(Errno.ENOENT, "statx");
            return new FileNode(root, descriptor, facts, from.Facts.MountId == facts.MountId ? from.FileSystem : root.FileSystemOf(facts));
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Puts the names of a path before what is still to be walked. A slash at its end asks for a directory, as <c>.</c> there does.</summary>
    private void Push(ReadOnlyMemory<byte> names)
    {
        if (names.Span.EndsWith("/"u8))
        {
            pending.Push("."u8.ToArray());
        }

        while (!names.IsEmpty)
        {
            var slash = names.Span.LastIndexOf((byte)'/');
            if (slash + 1 < names.Length)
            {
                pending.Push(names[(slash + 1)..]);
            }

            names = names[..Math.Max(slash, 0)];
        }
    }

    private string Shown => EscapedText.Of(path);

    private FileRefusedException Translate(LinuxException e) => e.Errno switch
    {
        Errno.ENOENT => Refused(FileRefusal.NotFound, $"{Shown}: no such file or directory", e),
        Errno.ENOTDIR => Refused(FileRefusal.NotADirectory, $"{Shown}: not a directory", e),
        Errno.ENAMETOOLONG => Refused(FileRefusal.BadPath, $"{Shown}: a name in it is too long", e),
        _ => Refused(FileRefusal.Failed, $"{Shown}: {Errno.Name(e.Errno)}", e),
    };

    private static FileRefusedException Refused(FileRefusal refusal, string message, Exception? inner = null) => new(refusal, message, inner);

    private static void Replace(ref FileNode current, FileNode next)
    {
        current.Dispose();
        current = next;
    }
}
