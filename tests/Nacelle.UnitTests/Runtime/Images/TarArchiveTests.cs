using System.Formats.Tar;
using System.Text;
using Nacelle.Runtime.Images;
using Nacelle.Runtime.Images.Layers;
using Xunit;
using TarEntry = Nacelle.Runtime.Images.Layers.TarEntry;

namespace Nacelle.UnitTests.Runtime.Images;

public sealed class TarArchiveTests
{
    [Theory]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    [InlineData(TarEntryFormat.V7)]
    public void Next_FileOfEachFormat_IsReadWhole(TarEntryFormat format)
    {
        TarArchive archive = Archive(format, ("dir/name", "content of the file"), ("second", ""));

        TarEntry first = archive.Next()!;
        Assert.Equal(("dir/name", TarEntryKind.File, 19L), (Encoding.UTF8.GetString(first.Name), first.Kind, first.Size));
        Assert.Equal((0x1A4u, 7u, 8u), (first.Mode, first.Uid, first.Gid));
        Assert.Equal(1_600_000_000, first.Modified.Seconds);
        Assert.Equal("content of the file", Content(archive));
        Assert.Equal("second", Encoding.UTF8.GetString(archive.Next()!.Name));
        Assert.Null(archive.Next());
    }

    [Theory]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public void Next_LongName_IsReadFromItsExtraHeader(TarEntryFormat format)
    {
        string name = string.Join('/', Enumerable.Repeat("component", 40));

        Assert.Equal(name, Encoding.UTF8.GetString(Archive(format, (name, "x")).Next()!.Name));
    }

    [Fact]
    public void Next_ContentNotRead_IsSkipped()
    {
        TarArchive archive = Archive(TarEntryFormat.Ustar, ("a", new string('x', 5000)), ("b", "y"));

        archive.Next();
        Assert.Equal("b", Encoding.UTF8.GetString(archive.Next()!.Name));
        Assert.Equal("y", Content(archive));
    }

    [Fact]
    public void Next_PaxAttributeOfAnyBytes_IsKept()
    {
        // A file capability: has zero bytes, a newline and bytes that aren't UTF-8.
        byte[] value = [1, 0, 0, 2, 0x0A, 0, 0xFF, 0x80];
        TarEntry entry = new TarArchive(new MemoryStream([
            .. TarBlocks.Header("h", 'x', TarBlocks.PaxRecord("SCHILY.xattr.security.capability", value)),
            .. TarBlocks.Header("f", '0', [])])).Next()!;

        (byte[] name, byte[] read) = Assert.Single(entry.Attributes);
        Assert.Equal("security.capability", Encoding.ASCII.GetString(name));
        Assert.Equal(value, read);
    }

    [Theory]
    [InlineData("-1.5", -2, 500_000_000u)]
    [InlineData("1.000000001", 1, 1u)]
    [InlineData("17", 17, 0u)]
    public void Next_PaxTime_HasNanoseconds(string text, long seconds, uint nanoseconds)
    {
        TarEntry entry = new TarArchive(new MemoryStream([
            .. TarBlocks.Header("h", 'x', TarBlocks.PaxRecord("mtime", Encoding.ASCII.GetBytes(text))),
            .. TarBlocks.Header("f", '0', [])])).Next()!;

        Assert.Equal(new TarTime(seconds, nanoseconds), entry.Modified);
    }

    [Fact]
    public void Next_CutShort_IsCorrupt()
    {
        byte[] whole = Bytes(TarEntryFormat.Ustar, ("a", new string('x', 3000)));
        TarArchive archive = new(new MemoryStream(whole[..1500]));
        archive.Next();

        Assert.Equal(ImageError.Corrupt, Assert.Throws<ImageException>(() => archive.Next()).Error);
    }

    [Fact]
    public void Next_WrongChecksum_IsCorrupt()
    {
        byte[] whole = Bytes(TarEntryFormat.Ustar, ("a", "b"));
        whole[3] ^= 1;

        Assert.Equal(ImageError.Corrupt, Assert.Throws<ImageException>(() => new TarArchive(new MemoryStream(whole)).Next()).Error);
    }

    [Fact]
    public void Next_HugeExtendedHeader_IsRefusedBeforeItIsRead()
    {
        byte[] header = TarBlocks.Header("h", 'x', [], claimedSize: 1L << 32);

        Assert.Equal(ImageError.TooLarge, Assert.Throws<ImageException>(() => new TarArchive(new MemoryStream(header)).Next()).Error);
    }

    [Theory]
    [InlineData('S')]
    [InlineData('M')]
    public void Next_UnknownKind_IsUnsupported(char flag) =>
        Assert.Equal(ImageError.Unsupported, Assert.Throws<ImageException>(() => new TarArchive(new MemoryStream(TarBlocks.Header("h", flag, []))).Next()).Error);

    private static string Content(TarArchive archive)
    {
        StringBuilder text = new();
        byte[] buffer = new byte[7];
        int count;
        while ((count = archive.Read(buffer)) > 0)
        {
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return text.ToString();
    }

    private static TarArchive Archive(TarEntryFormat format, params (string Name, string Content)[] files) => new(new MemoryStream(Bytes(format, files)));

    private static byte[] Bytes(TarEntryFormat format, params (string Name, string Content)[] files)
    {
        MemoryStream stream = new();
        using (TarWriter writer = new(stream, format, leaveOpen: true))
        {
            foreach ((string name, string content) in files)
            {
                TarEntryType type = format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile;
                System.Formats.Tar.TarEntry entry = format switch
                {
                    TarEntryFormat.Ustar => new UstarTarEntry(type, name),
                    TarEntryFormat.Gnu => new GnuTarEntry(type, name),
                    TarEntryFormat.V7 => new V7TarEntry(type, name),
                    _ => new PaxTarEntry(type, name),
                };
                entry.DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content));
                entry.Mode = (UnixFileMode)0x1A4;
                entry.ModificationTime = DateTimeOffset.FromUnixTimeSeconds(1_600_000_000);
                (entry.Uid, entry.Gid) = (7, 8);
                writer.WriteEntry(entry);
            }
        }

        return stream.ToArray();
    }
}
