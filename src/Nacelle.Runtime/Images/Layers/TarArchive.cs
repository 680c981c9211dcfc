namespace Nacelle.Runtime.Images.Layers;

/// <summary>
/// Reads a tar archive front to back in constant memory. Our own rather than System.Formats.Tar, which gives names and
/// extended attributes as text: file capabilities and names that aren't UTF-8 would be damaged, and header sizes are unbounded there.
/// </summary>
internal sealed class TarArchive(Stream source)
{
    /// <summary>The longest extended header, long names included, in bytes.</summary>
    private const int MaxExtendedHeader = 1024 * 1024;

    /// <summary>The longest path, as the kernel's PATH_MAX without its NUL.</summary>
    private const int MaxPath = 4095;

    private readonly byte[] block = new byte[TarHeader.BlockSize];
    private long remaining;
    private int padding;

    /// <summary>Skips what is left of the entry before, and gives the next; null at the archive's end.</summary>
    /// <exception cref="ImageException">Malformed, cut short, or a kind of entry that isn't supported.</exception>
    public TarEntry? Next()
    {
        PaxRecords extended = new();
        byte[]? longName = null;
        byte[]? longLink = null;
        while (true)
        {
            Skip(remaining + padding);
            (remaining, padding) = (0, 0);
            if (!ReadHeader())
            {
                return null;
            }

            byte flag = TarHeader.TypeFlag(block);
            switch (flag)
            {
                case (byte)'x':
                    extended = PaxRecords.Parse(ReadExtended());
                    break;
                case (byte)'g':
                    // Global records carry a comment (the commit that git archive names); none of them describes a file.
                    BeginContent(TarHeader.Size(block));
                    break;
                case (byte)'L':
                    longName = Cut(ReadExtended());
                    break;
                case (byte)'K':
                    longLink = Cut(ReadExtended());
                    break;
                default:
                    return Entry(flag, extended, longName, longLink);
            }
        }
    }

    /// <summary>Reads content of the present entry; 0 at its end.</summary>
    public int Read(Span<byte> buffer)
    {
        int wanted = (int)Math.Min(buffer.Length, remaining);
        if (wanted == 0)
        {
            return 0;
        }

        int count = source.Read(buffer[..wanted]);
        remaining -= count > 0 ? count : throw Short();
        return count;
    }

    private TarEntry Entry(byte flag, PaxRecords extended, byte[]? longName, byte[]? longLink)
    {
        byte[] name = extended.Path ?? longName ?? TarHeader.Name(block);
        byte[] link = extended.LinkPath ?? longLink ?? TarHeader.LinkName(block);
        if (name.Length is 0 or > MaxPath || link.Length > MaxPath || name.AsSpan().Contains((byte)0) || link.AsSpan().Contains((byte)0))
        {
            throw new ImageException(ImageError.Corrupt, "layer has an entry with an impossible name");
        }

        TarEntryKind kind = Kind(flag, name);
        long size = extended.Size ?? TarHeader.Size(block);
        bool isNode = kind is TarEntryKind.CharacterDevice or TarEntryKind.BlockDevice;
        BeginContent(size);
        return new TarEntry
        {
            Kind = kind,
            Name = name,
            LinkName = link,
            Mode = (uint)TarHeader.Mode(block) & 0xFFF,
            Uid = Owner(extended.Uid ?? TarHeader.Uid(block)),
            Gid = Owner(extended.Gid ?? TarHeader.Gid(block)),
            Size = size,
            Modified = extended.Modified ?? new TarTime(TarHeader.Modified(block), 0),
            DeviceMajor = isNode ? (uint)TarHeader.DeviceMajor(block) : 0,
            DeviceMinor = isNode ? (uint)TarHeader.DeviceMinor(block) : 0,
            Attributes = extended.Attributes,
        };
    }

    private static TarEntryKind Kind(byte flag, byte[] name) => flag switch
    {
        // Before POSIX a directory was a file whose name ends in a slash.
        (byte)'0' or 0 or (byte)'7' => name[^1] == '/' ? TarEntryKind.Directory : TarEntryKind.File,
        (byte)'1' => TarEntryKind.HardLink,
        (byte)'2' => TarEntryKind.SymbolicLink,
        (byte)'3' => TarEntryKind.CharacterDevice,
        (byte)'4' => TarEntryKind.BlockDevice,
        (byte)'5' => TarEntryKind.Directory,
        (byte)'6' => TarEntryKind.Fifo,
        _ => throw new ImageException(ImageError.Unsupported, $"layer has a tar entry of type {flag:x2}, which is not supported"),
    };

    private static uint Owner(long id) =>
        id is >= 0 and < uint.MaxValue ? (uint)id : throw new ImageException(ImageError.Corrupt, $"layer has an entry with the impossible owner {id}");

    private static byte[] Cut(byte[] text)
    {
        int end = Array.IndexOf(text, (byte)0);
        return end < 0 ? text : text[..end];
    }

    private bool ReadHeader()
    {
        int count = source.ReadAtLeast(block, block.Length, throwOnEndOfStream: false);
        if (count is > 0 and < TarHeader.BlockSize)
        {
            throw Short();
        }

        if (count == 0 || !block.AsSpan().ContainsAnyExcept((byte)0))
        {
            return false;
        }

        TarHeader.Verify(block);
        return true;
    }

    private void BeginContent(long size)
    {
        remaining = size >= 0 ? size : throw new ImageException(ImageError.Corrupt, "layer has an entry of negative size");
        padding = (int)(-size & (TarHeader.BlockSize - 1));
    }

    private byte[] ReadExtended()
    {
        BeginContent(TarHeader.Size(block));
        if (remaining > MaxExtendedHeader)
        {
            throw new ImageException(ImageError.TooLarge, $"layer has an extended header of {remaining} bytes");
        }

        byte[] data = new byte[remaining];
        int count = source.ReadAtLeast(data, data.Length, throwOnEndOfStream: false);
        remaining = count == data.Length ? 0 : throw Short();
        return data;
    }

    private void Skip(long count)
    {
        Span<byte> buffer = stackalloc byte[4096];
        while (count > 0)
        {
            int read = source.Read(buffer[..(int)Math.Min(buffer.Length, count)]);
            count -= read > 0 ? read : throw Short();
        }
    }

    private static ImageException Short() => new(ImageError.Corrupt, "layer ends in the middle of an entry");
}
