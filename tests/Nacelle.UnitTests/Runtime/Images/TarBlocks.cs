using System.Text;

namespace Nacelle.UnitTests.Runtime.Images;

/// <summary>Tar blocks made by hand, for archives that no honest program writes.</summary>
internal static class TarBlocks
{
    /// <summary>A header block and its content, padded.</summary>
    /// <param name="name">Up to 100 bytes.</param>
    /// <param name="flag">The kind of entry.</param>
    /// <param name="content">What follows the header.</param>
    /// <param name="claimedSize">What the header says instead of the content's length.</param>
    public static byte[] Header(string name, char flag, byte[] content, long? claimedSize = null)
    {
        byte[] block = new byte[512];
        Encoding.ASCII.GetBytes(name, block);
        Encoding.ASCII.GetBytes("0000644\0").CopyTo(block, 100);
        Encoding.ASCII.GetBytes("0000000\0").CopyTo(block, 108);
        Encoding.ASCII.GetBytes("0000000\0").CopyTo(block, 116);
        Encoding.ASCII.GetBytes(Convert.ToString(claimedSize ?? content.Length, 8).PadLeft(11, '0') + "\0").CopyTo(block, 124);
        Encoding.ASCII.GetBytes("00000000000\0").CopyTo(block, 136);
        Encoding.ASCII.GetBytes("        ").CopyTo(block, 148);
        block[156] = (byte)flag;
        Encoding.ASCII.GetBytes("ustar\0" + "00").CopyTo(block, 257);
        Encoding.ASCII.GetBytes(Convert.ToString(block.Sum(b => b), 8).PadLeft(6, '0') + "\0 ").CopyTo(block, 148);
        return [.. block, .. content, .. new byte[-content.Length & 511]];
    }

    /// <summary>One PAX record with its own length in front.</summary>
    public static byte[] PaxRecord(string key, byte[] value)
    {
        int rest = key.Length + value.Length + 3;
        int length = rest + Digits(rest + 1);
        length = rest + Digits(length);
        return [.. Encoding.UTF8.GetBytes($"{length} {key}="), .. value, (byte)'\n'];
    }

    private static int Digits(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture).Length;
}
