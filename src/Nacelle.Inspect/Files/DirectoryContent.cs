using System.Globalization;

using Nacelle.Linux;
using Nacelle.Linux.Files;

namespace Nacelle.Inspect.Files;

/// <summary>
/// A directory that is open for reading, one entry at a time in the directory's own order: one of any size takes the same memory. What is added or removed
/// meanwhile may or may not be told; what is told is there.
/// </summary>
public sealed class DirectoryContent : IDisposable
{
    private readonly ProcessRoot root;
    private readonly FileDescriptor directory;
    private readonly FileFacts facts;
    private readonly string shown;
    private readonly DirectoryReader reader;
    private Dictionary<ulong, string>? fileSystems;

    internal DirectoryContent(ProcessRoot root, FileDescriptor directory, FileFacts facts, string shown)
    {
        (this.root, this.directory, this.facts, this.shown) = (root, directory, facts, shown);
        reader = new DirectoryReader(directory);
    }

    /// <summary>After <see cref="Read"/> has ended at its limit: with what to go on there; null at the directory's end.</summary>
    public string? Continue { get; private set; }

    /// <summary>Goes on where an earlier list of the same directory ended at its limit.</summary>
    /// <exception cref="FileRefusedException">It is another directory by now, or the text is no token of <see cref="Continue"/>.</exception>
    public void Seek(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 4 || !long.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out var position))
        {
            throw new FileRefusedException(FileRefusal.BadPath, "continue: not what an earlier list gave");
        }

        if (token != Token(position))
        {
            throw new FileRefusedException(FileRefusal.Changed, $"{shown}: is another directory than the one whose list is to be continued");
        }

        Guarded(() => reader.Seek(position));
    }

    /// <param name="limit">The number of entries at most.</param>
    /// <exception cref="FileRefusedException">The directory can't be read on.</exception>
    public IEnumerable<FileEntry> Read(long limit)
    {
        for (long told = 0; ;)
        {
            var position = reader.Position;
            if (Next() is not { } name)
            {
                yield break;
            }

            if (told == limit)
            {
                Continue = Token(position);
                yield break;
            }

            if (Describe(name) is { } entry)
            {
                told++;
                yield return entry;
            }
        }
    }

    public void Dispose() => directory.Dispose();

    private string Token(long position) =>
        string.Create(CultureInfo.InvariantCulture, $"{facts.Identity.DeviceMajor}.{facts.Identity.DeviceMinor}.{facts.Identity.Inode}.{position}");

    private byte[]? Next()
    {
        byte[]? next = null;
        Guarded(() => next = reader.TryRead(out var name) ? name.ToArray() : null);
        return next;
    }

    /// <summary>Null when it has been removed meanwhile.</summary>
    private FileEntry? Describe(byte[] name)
    {
        try
        {
            if (FileFacts.TryRead(directory, name) is not { } entry)
            {
                return null;
            }

            var mounted = entry.MountId != facts.MountId;
            return FileEntry.From(name, entry.Status) with
            {
                FileSystem = mounted ? (fileSystems ??= root.FileSystems()).GetValueOrDefault(entry.MountId) : null,
                Target = !mounted && entry.Status.IsSymbolicLink ? Target(name) : null,
            };
        }
        catch (LinuxException)
        {
            // One that can't be looked at must not hide the others.
            return new FileEntry { Name = name, Type = FileType.Unknown };
        }
    }

    private byte[]? Target(byte[] name)
    {
        try
        {
            using var link = FileAt.OpenIn(directory, name, OpenFlags.PathOnly | OpenFlags.NoFollow, ResolveFlags.InRoot | ResolveFlags.NoCrossDevice);
            return SymbolicLink.ReadTarget(link);
        }
        catch (LinuxException)
        {
            // It was replaced after it was looked at.
            return null;
        }
    }

    private void Guarded(Action read)
    {
        try
        {
            read();
        }
        catch (LinuxException e)
        {
            throw new FileRefusedException(FileRefusal.Failed, $"{shown}: can't be read on: {Errno.Name(e.Errno)}", e);
        }
    }
}
