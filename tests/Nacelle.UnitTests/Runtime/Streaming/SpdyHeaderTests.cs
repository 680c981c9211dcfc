using System.IO.Compression;
using Nacelle.Runtime.Streaming.Spdy;
using Xunit;

namespace Nacelle.UnitTests.Runtime.Streaming;

public sealed class SpdyHeaderTests
{
    [Fact]
    public void Dictionary_IsTheSpecifications_ByItsChecksum()
    {
        uint low = 1, high = 0;
        foreach (var value in SpdyDictionary.Bytes.Span)
        {
            low = (low + value) % 65521;
            high = (high + low) % 65521;
        }

        Assert.Equal(1423, SpdyDictionary.Bytes.Length);
        Assert.Equal(SpdyDictionary.Adler32, (high << 16) | low);
    }

    [Fact]
    public void Inflate_OwnDeflatedBlocks_ComeBackInOrder()
    {
        var deflater = new SpdyHeaderDeflater();
        using var inflater = new SpdyHeaderInflater();
        foreach (var value in new[] { "a", "b", new string('c', 5000) })
        {
            var block = SpdyHeaders.Encode(new Dictionary<string, string> { ["StreamType"] = value });

            var headers = SpdyHeaders.Decode(inflater.Inflate(deflater.Deflate(block)));

            Assert.Equal(value, Assert.Single(headers).Value);
            Assert.Equal("streamtype", Assert.Single(headers).Key);
        }
    }

    [Fact]
    public void Inflate_OtherDictionary_IsRefused()
    {
        using var inflater = new SpdyHeaderInflater();

        Assert.Throws<SpdyProtocolException>(() => inflater.Inflate([0x78, 0xBB, 1, 2, 3, 4, 0, 0, 0, 0xFF, 0xFF]));
    }

    [Fact]
    public void Inflate_BlockOfAMegabyte_IsRefused()
    {
        using var compressed = new MemoryStream();
        using (var deflate = new DeflateStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            deflate.Write(new byte[1024 * 1024]);
        }

        using var inflater = new SpdyHeaderInflater();

        Assert.Throws<SpdyProtocolException>(() => inflater.Inflate([0x78, 0xBB, 0xE3, 0xC6, 0xA7, 0xC2, .. compressed.ToArray()]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00000001")]
    [InlineData("ffffffff")]
    [InlineData("0000000100000002")]
    [InlineData("000000010000000161000000ff")]
    public void Decode_CutShort_IsRefused(string block) =>
        Assert.Throws<SpdyProtocolException>(() => SpdyHeaders.Decode(Convert.FromHexString(block)));
}
