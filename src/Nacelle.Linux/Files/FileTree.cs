namespace Nacelle.Linux.Files;

/// <summary>Removes trees whose names and depth somebody else chose.</summary>
public static class FileTree
{
    /// <summary>
    /// Removes <paramref name="name"/> in an open directory, and all beneath it if it is a directory; nothing of that name is success.
    /// Links are removed, not followed. One descriptor is open per level.
    /// </summary>
    /// <exception cref="LinuxException">Something can't be removed; what came before it is gone.</exception>
    public static void Remove(FileDescriptor directory, ReadOnlySpan<byte> name)
    {
        if (FileAt.Status(directory, name) is not { } status)
        {
            return;
        }

        if (status.IsDirectory)
        {
            using FileDescriptor child = FileAt.OpenDirectory(directory, name);
            foreach (byte[] entry in FileAt.Entries(child))
            {
                Remove(child, entry);
            }
        }

        FileAt.Remove(directory, name, status.IsDirectory);
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
        Remove(directory, System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(Path.TrimEndingDirectorySeparator(path))));
    }
}
