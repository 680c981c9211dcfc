using Nacelle.Inspect.Files;
using Nacelle.Inspect.Processes;
using Nacelle.Kubernetes.Client;
using Nacelle.Linux;
using Nacelle.Linux.Files;

namespace Nacelle.ContainerFiles;

/// <summary>
/// Copies a file or a tree of a container to this machine. The tree is hostile: everything is made new, beneath a directory that is held open and nobody else
/// may enter, so nothing of it is ever followed here. Links become links with the target they had; devices, fifos, sockets and what is on a file system that is
/// never opened are left out, told, and make the copy incomplete. The copies belong to the caller; set-id bits are dropped.
/// </summary>
internal sealed class FileCopy(FilesApi api, CopyBounds bounds, Action<string> tell)
{
    private const int BufferSize = 128 * 1024;
    private const uint AnybodysBits = 0x1FF;
    private const uint OrdinaryMode = 0x1A4;

    private readonly uint allowed = AnybodysBits & ~FileCreationMask.Read();
    private long bytes;
    private long entries;

    /// <summary>Whether all that was found has been copied.</summary>
    public bool Complete { get; private set; } = true;

    /// <exception cref="CommandException">More than the bounds allow, or it can't be written here.</exception>
    /// <exception cref="ApiException">There is no such file, it is never opened, or the container has ended.</exception>
    public async Task RunAsync(byte[] path, CopyTarget target, CancellationToken cancellationToken)
    {
        // What a link leads to is copied under the link's name; a file's permissions are not told then.
        var source = await api.StatAsync(path, cancellationToken);
        source = source.Type == FileType.SymbolicLink ? await api.FindDirectoryAsync(path, cancellationToken) : source;
        var isDirectory = source?.Type == FileType.Directory;
        target.Check(isDirectory);
        if (isDirectory)
        {
            await CopyTreeAsync(path, source!.Mode, target, cancellationToken);
        }
        else
        {
            await CopyFileAsync(path, source?.Mode ?? OrdinaryMode, target.Directory, target.TemporaryName, cancellationToken);
        }

        target.Place(isDirectory);
    }

    private async Task CopyTreeAsync(byte[] path, uint mode, CopyTarget target, CancellationToken cancellationToken)
    {
        var levels = new Stack<CopyLevel>();
        try
        {
            levels.Push(CopyLevel.Make(target.Directory, target.TemporaryName, path, mode));
            await FillAsync(levels.Peek(), cancellationToken);
            while (levels.TryPeek(out var level))
            {
                if (level.Directories.TryDequeue(out var directory))
                {
                    levels.Push(CopyLevel.Make(level.Directory, directory.Name, level.PathOf(directory.Name), directory.Mode));
                    await FillAsync(levels.Peek(), cancellationToken);
                    continue;
                }

                levels.Pop().Dispose();
                FileAt.SetPermissions(levels.TryPeek(out var parent) ? parent.Directory : target.Directory, level.Name, level.Mode & allowed);
            }
        }
        finally
        {
            foreach (var level in levels)
            {
                level.Dispose();
            }
        }
    }

    /// <summary>Copies what is in one directory; the directories in it are left for later.</summary>
    private async Task FillAsync(CopyLevel level, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var page in api.ListAsync(level.Path, cancellationToken))
            {
                foreach (var entry in page.Entries)
                {
                    if (++entries > bounds.MaxEntries && bounds.MaxEntries > 0)
                    {
                        throw new CommandException($"files cp: more than {bounds.MaxEntries} entries (--limit); nothing is copied");
                    }

                    await CopyAsync(level, entry, cancellationToken);
                }
            }
        }
        catch (ApiException e) when (e.Code is not System.Net.HttpStatusCode.Gone)
        {
            // Removed meanwhile, or refused: what is beside it can still be copied.
            Skip(e.Message);
        }
    }

    private async Task CopyAsync(CopyLevel level, FileEntry entry, CancellationToken cancellationToken)
    {
        var path = level.PathOf(entry.Name);
        var shown = EscapedText.Of(path);
        switch (entry.Type)
        {
            case var _ when entry.Name is [] or [(byte)'.'] or [(byte)'.', (byte)'.'] || entry.Name.Contains((byte)'/'):
                throw new CommandException($"files cp: the server told of a file named {EscapedText.Of(entry.Name)}");
            case var _ when entry.FileSystem is { } type && !FileSystemTypes.MayBeRead(type):
                Skip($"{shown}: is on a file system of type {type}, left out");
                break;
            case FileType.Directory:
                level.Directories.Enqueue(entry);
                break;
            case FileType.SymbolicLink when entry.Target is { } target:
                FileAt.MakeSymbolicLink(target, level.Directory, entry.Name);
                break;
            case FileType.File:
                await TryCopyFileAsync(level, entry, path, cancellationToken);
                break;
            default:
                Skip($"{shown}: {entry.Type}, left out");
                break;
        }
    }

    private async Task TryCopyFileAsync(CopyLevel level, FileEntry entry, byte[] path, CancellationToken cancellationToken)
    {
        try
        {
            await CopyFileAsync(path, entry.Mode, level.Directory, entry.Name, cancellationToken);
        }
        catch (Exception e) when (e is ApiException { Code: not System.Net.HttpStatusCode.Gone } or ShortFileException)
        {
            FileTree.Remove(level.Directory, entry.Name);
            Skip(e is ShortFileException ? $"{EscapedText.Of(path)}: {e.Message}" : e.Message);
        }
    }

    private async Task CopyFileAsync(byte[] path, uint mode, FileDescriptor directory, byte[] name, CancellationToken cancellationToken)
    {
        var left = bounds.MaxBytes == 0 ? long.MaxValue - 1 : bounds.MaxBytes - bytes;
        using var response = await api.ReadAsync(path, left + 1, cancellationToken);
        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using (var file = FileAt.CreateFile(directory, name).ToStream(FileAccess.Write))
        {
            long length = 0;
            await foreach (var part in FileBody.ReadAsync(content, BufferSize, cancellationToken))
            {
                length += part.Length;
                if (length > left)
                {
                    throw new CommandException($"files cp: more than {bounds.MaxBytes} bytes (--max-bytes); nothing is copied");
                }

                Write(file, part.Span);
            }

            file.SetLength(length);
            bytes += length;
        }

        FileAt.SetPermissions(directory, name, mode & allowed);
    }

    /// <summary>What is all zero is left a hole: a file of holes must not fill the disk.</summary>
    private static void Write(FileStream file, ReadOnlySpan<byte> part)
    {
        if (part.ContainsAnyExcept((byte)0))
        {
            file.Write(part);
        }
        else
        {
            file.Seek(part.Length, SeekOrigin.Current);
        }
    }

    private void Skip(string message)
    {
        Complete = false;
        tell(message);
    }
}
