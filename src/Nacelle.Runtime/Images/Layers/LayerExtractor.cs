using System.Text;
using Nacelle.Linux;
using Nacelle.Linux.Files;

namespace Nacelle.Runtime.Images.Layers;

/// <summary>
/// Unpacks one layer's tar stream into a directory that overlayfs takes as a lowerdir. The archive is hostile input: nothing outside
/// the directory can be reached, and what overlayfs itself reads from extended attributes can't be set.
/// </summary>
internal sealed class LayerExtractor(LayerTree tree, LayerLimits limits)
{
    private readonly byte[] buffer = new byte[128 * 1024];
    private long bytes;
    private long entries;

    /// <summary>Unpacks the whole stream, then sets the directories' times.</summary>
    /// <param name="source">The uncompressed archive; what follows its end is left unread.</param>
    /// <param name="cancellationToken">Looked at between entries and between parts of files.</param>
    /// <exception cref="ImageException">Malformed, hostile, not supported or too large.</exception>
    /// <exception cref="LinuxException">The file system refused something.</exception>
    public LayerSummary Extract(Stream source, CancellationToken cancellationToken)
    {
        TarArchive archive = new(source);
        while (archive.Next() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (++entries > limits.MaxEntries)
            {
                throw new ImageException(ImageError.TooLarge, $"layer has more than {limits.MaxEntries} entries");
            }

            try
            {
                Place(archive, entry, cancellationToken);
            }
            catch (LinuxException e) when (e.Errno is Errno.EEXIST or Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP or Errno.EPERM or Errno.EINVAL or 18 or 36)
            {
                throw new ImageException(ImageError.Corrupt, $"layer entry {Encoding.UTF8.GetString(entry.Name)} can't be placed: {e.Message}", e);
            }
        }

        tree.SetTimes();
        return new LayerSummary(bytes, entries);
    }

    private void Place(TarArchive archive, TarEntry entry, CancellationToken cancellationToken)
    {
        LayerPath path = LayerPath.Parse(entry.Name);
        switch (path.Kind)
        {
            case LayerPathKind.Root:
                Dress(tree.Root, "."u8, entry);
                tree.SetTimeLater([], entry.Modified);
                break;
            case LayerPathKind.Whiteout:
                Hide(tree.OpenOrMake(path.Parent), path.Name);
                break;
            case LayerPathKind.Opaque:
                HideAll(path.Parent);
                break;
            case LayerPathKind.Entry when entry.Kind == TarEntryKind.Directory:
                FileDescriptor parent = tree.OpenOrMake(path.Parent);
                tree.MakeDirectory(parent, path.Name);
                Dress(parent, path.Name, entry);
                tree.SetTimeLater(path.Full, entry.Modified);
                break;
            case LayerPathKind.Entry:
                Make(archive, entry, path, cancellationToken);
                break;
            default:
                break;
        }
    }

    private void Make(TarArchive archive, TarEntry entry, LayerPath path, CancellationToken cancellationToken)
    {
        FileDescriptor parent = tree.OpenOrMake(path.Parent);
        if (FileAt.Status(parent, path.Name) is not null)
        {
            tree.Remove(parent, path.Name);
        }

        switch (entry.Kind)
        {
            case TarEntryKind.HardLink:
                Link(entry, parent, path.Name);
                return;
            case TarEntryKind.SymbolicLink:
                FileAt.MakeSymbolicLink(entry.LinkName, parent, path.Name);
                break;
            case TarEntryKind.File:
                Write(archive, parent, path.Name, cancellationToken);
                break;
            default:
                FileAt.MakeNode(parent, path.Name, NodeType(entry.Kind) | 0x180, entry.DeviceMajor, entry.DeviceMinor);
                break;
        }

        Dress(parent, path.Name, entry);
        FileAt.SetTime(parent, path.Name, entry.Modified.Seconds, entry.Modified.Nanoseconds);
    }

    private void Link(TarEntry entry, FileDescriptor parent, byte[] name)
    {
        LayerPath source = LayerPath.Parse(entry.LinkName);
        using FileDescriptor? directory = source.Kind == LayerPathKind.Entry ? tree.TryOpen(source.Parent) : null;
        if (directory is null || FileAt.Status(directory, source.Name) is not { IsDirectory: false })
        {
            throw new ImageException(
                ImageError.Corrupt,
                $"layer entry {Encoding.UTF8.GetString(entry.Name)} is a hard link to {Encoding.UTF8.GetString(entry.LinkName)}, which the layer doesn't have");
        }

        FileAt.MakeHardLink(directory, source.Name, parent, name);
    }

    private void Write(TarArchive archive, FileDescriptor parent, byte[] name, CancellationToken cancellationToken)
    {
        using FileDescriptor file = FileAt.CreateFile(parent, name);
        int count;
        while ((count = archive.Read(buffer)) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            file.Write(buffer.AsSpan(0, count));
            bytes += count;
        }
    }

    /// <summary>Owner, permissions and attributes, in this order: a change of owner clears set-id bits and capabilities.</summary>
    private static void Dress(FileDescriptor parent, ReadOnlySpan<byte> name, TarEntry entry)
    {
        FileAt.SetOwner(parent, name, entry.Uid, entry.Gid);
        if (entry.Kind != TarEntryKind.SymbolicLink)
        {
            FileAt.SetPermissions(parent, name, entry.Mode);
        }

        foreach ((byte[] attribute, byte[] value) in entry.Attributes)
        {
            if (LayerAttributes.IsWanted(attribute))
            {
                SetAttribute(parent, name, attribute, value);
            }
        }
    }

    private static void SetAttribute(FileDescriptor parent, ReadOnlySpan<byte> name, byte[] attribute, byte[] value)
    {
        try
        {
            ExtendedAttributes.Set(parent, name, attribute, value);
        }
        catch (LinuxException e) when (e.Errno is Errno.EOPNOTSUPP or Errno.EPERM && !LayerAttributes.IsRequired(attribute))
        {
            // The file system, or this kind of file, has no such attributes; programs work without them.
        }
    }

    private static void Hide(FileDescriptor parent, byte[] name)
    {
        // A whiteout hides what is below, never what this same layer brings.
        switch (FileAt.Status(parent, name))
        {
            case null:
                FileAt.MakeNode(parent, name, FileStatus.CharacterDevice, 0, 0);
                break;
            case { IsDirectory: true }:
                LayerTree.MakeOpaque(parent, name);
                break;
            default:
                break;
        }
    }

    private void HideAll(byte[] path)
    {
        if (path.Length > 0)
        {
            LayerTree.MakeOpaque(tree.OpenOrMake(path), "."u8);
            return;
        }

        // Overlayfs merges the layers' roots whatever their attributes say: hide each entry by itself.
        foreach (FileDescriptor lower in tree.Lowers)
        {
            foreach (byte[] name in FileAt.Entries(lower))
            {
                Hide(tree.Root, name);
            }
        }
    }

    private static uint NodeType(TarEntryKind kind) => kind switch
    {
        TarEntryKind.CharacterDevice => FileStatus.CharacterDevice,
        TarEntryKind.BlockDevice => FileStatus.BlockDevice,
        _ => FileStatus.Fifo,
    };
}
