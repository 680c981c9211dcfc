using System.Text;

namespace Nacelle.Runtime.Images.Layers;

/// <summary>The fields of one 512-byte tar header block (POSIX ustar, with GNU's base-256 numbers).</summary>
internal static class TarHeader
{
    public const int BlockSize = 512;

    /// <summary>The byte that says what kind of entry this is.</summary>
    public static byte TypeFlag(ReadOnlySpan<byte> block) => block[156];

    /// <exception cref="ImageException">The block's checksum is wrong: this is no tar header.</exception>
    public static void Verify(ReadOnlySpan<byte> block)
    {
        long sum = 0;
        for (int i = 0; i < BlockSize; i++)
        {
            sum += i is >= 148 and < 156 ? (byte)' ' : block[i];
        }

        if (Number(block.Slice(148, 8), "checksum") != sum)
        {
            throw new ImageException(ImageError.Corrupt, "layer is no tar archive: wrong header checksum");
        }
    }

    public static byte[] Name(ReadOnlySpan<byte> block)
    {
        ReadOnlySpan<byte> name = Text(block[..100]);
        bool isUstar = block.Slice(257, 6).SequenceEqual("ustar\0"u8);
        ReadOnlySpan<byte> prefix = isUstar ? Text(block.Slice(345, 155)) : [];
        return prefix.IsEmpty ? name.ToArray() : [.. prefix, (byte)'/', .. name];
    }

    public static byte[] LinkName(ReadOnlySpan<byte> block) => Text(block.Slice(157, 100)).ToArray();

    public static long Mode(ReadOnlySpan<byte> block) => Number(block.Slice(100, 8), "mode");

    public static long Uid(ReadOnlySpan<byte> block) => Number(block.Slice(108, 8), "uid");

    public static long Gid(ReadOnlySpan<byte> block) => Number(block.Slice(116, 8), "gid");

    public static long Size(ReadOnlySpan<byte> block) => Number(block.Slice(124, 12), "size");

    public static long Modified(ReadOnlySpan<byte> block) => Number(block.Slice(136, 12), "mtime");

    public static long DeviceMajor(ReadOnlySpan<byte> block) => Number(block.Slice(329, 8), "devmajor");

    public static long DeviceMinor(ReadOnlySpan<byte> block) => Number(block.Slice(337, 8), "devminor");

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }

    private static long Number(ReadOnlySpan<byte> field, string what)
    {
        if ((field[0] & 0x80) != 0)
        {
            return Base256(field, what);
        }

        long value = 0;
        foreach (byte digit in Text(field).Trim((byte)' '))
        {
            if (digit is < (byte)'0' or > (byte)'7' || value > (long.MaxValue >> 3))
            {
                throw new ImageException(ImageError.Corrupt, $"tar header has a bad {what}: {Encoding.ASCII.GetString(field)}");
            }

            value = (value << 3) | (uint)(digit - '0');
        }

        return value;
    }

    private static long Base256(ReadOnlySpan<byte> field, string what)
    {
        // Two's complement over the whole field; the first bit only marks the form, the second is the sign.
        long value = (field[0] & 0x40) != 0 ? -1 : 0;
        value = (value << 6) | (uint)(field[0] & 0x3F);
        foreach (byte part in field[1..])
        {
            if (value is > (long.MaxValue >> 8) or < (long.MinValue >> 8))
            {
                throw new ImageException(ImageError.Corrupt, $"tar header has a {what} out of range");
            }

            value = (value << 8) | part;
        }

        return value;
    }
}
