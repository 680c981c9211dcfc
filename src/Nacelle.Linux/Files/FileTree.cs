using System.Text;

namespace Nacelle.Linux.Files;

/// <summary>
/// Removes trees whose names and depth somebody else chose. Neither the stack nor the number of open descriptors grows with the depth:
/// one directory is open at a time, and the way up is "..", taken only if it leads to the directory that the walk came from.
/// </summary>
public static class FileTree
{
    private const OpenFlags ForReading = OpenFlags.Directory | OpenFlags.NoFollow;

    /// <summary>
    /// Removes <paramref name="name"/> in an open directory, and all beneath it if it is a directory; nothing of that name is success.
    /// Links are removed, not followed. What is mounted in the tree is never entered: it ends the removal with EXDEV or EBUSY.
    /// </summary>
    /// <exception cref="LinuxException">Something can't be removed, or was moved meanwhile; what came before it is gone.</exception>
    public static void Remove(FileDescriptor directory, ReadOnlySpan<byte> name)
    {
        if (RemoveUnlessDirectory(directory, name))
        {
            return;
        }

        var levels = new Stack<Level>();
        var current = FileAt.OpenIn(directory, name, ForReading, ResolveFlags.NoCrossDevice);
        try
        {
            levels.Push(Clear(current, name.ToArray()));
            while (true)
            {
                var level = levels.Peek();
                if (level.Directories.TryPop(out var child))
                {
                    Replace(ref current, FileAt.OpenIn(current, child, ForReading, ResolveFlags.NoCrossDevice));
                    levels.Push(Clear(current, child));
                    continue;
                }

                levels.Pop();
                if (!levels.TryPeek(out var parent))
                {
                    break;
                }

                Replace(ref current, OpenParent(current, parent));
                FileAt.Remove(current, level.Name, isDirectory: true);
            }
        }
        finally
        {
            current.Dispose();
        }

        FileAt.Remove(directory, name, isDirectory: true);
    }

    /// <summary>As the other overload, by path.</summary>
    public static void Remove(string path)
    {
        string parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path)) ?? "/";
        if (!Directory.Exists(parent))
        {
            return;
        }

        using FileDescriptor directory = FileAt.OpenAbsolute(parent);
        Remove(directory, Encoding.UTF8.GetBytes(Path.GetFileName(Path.TrimEndingDirectorySeparator(path))));
    }

    private static bool RemoveUnlessDirectory(FileDescriptor directory, ReadOnlySpan<byte> name)
    {
        if (FileAt.Status(directory, name) is not { } status)
        {
            return true;
        }

        if (status.IsDirectory)
        {
            return false;
        }

        FileAt.Remove(directory, name, isDirectory: false);
        return true;
    }

    /// <summary>Removes what is no directory; the directories are left for the walk.</summary>
    private static Level Clear(FileDescriptor directory, byte[] name)
    {
        var directories = new Stack<byte[]>();
        foreach (var entry in FileAt.Entries(directory))
        {
            if (!RemoveUnlessDirectory(directory, entry))
            {
                directories.Push(entry);
            }
        }

        return new Level(name, FileAt.Identity(directory), directories);
    }

    /// <summary>Whoever moved the directory to another place must not have that one emptied.</summary>
    private static FileDescriptor OpenParent(FileDescriptor directory, Level expected)
    {
        var parent = FileAt.OpenIn(directory, ".."u8, ForReading, ResolveFlags.NoCrossDevice);
        if (FileAt.Identity(parent) == expected.Identity)
        {
            return parent;
        }

        parent.Dispose();
        throw new LinuxException($"a directory was moved out of {Encoding.UTF8.GetString(expected.Name)} while that was removed");
    }

    private static void Replace(ref FileDescriptor current, FileDescriptor next)
    {
        current.Dispose();
        current = next;
    }

    /// <summary>A directory on the way down: its name in its parent, which one it is, and which of its directories are still to be removed.</summary>
    private readonly record struct Level(byte[] Name, FileIdentity Identity, Stack<byte[]> Directories);
}
