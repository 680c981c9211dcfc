using System.Text;
using System.Text.Json;
using Nacelle.Inspect.Files;
using Xunit;

namespace Nacelle.UnitTests.Inspect;

public sealed class FileEntryJsonTests
{
    private static readonly FileEntry Link = new()
    {
        Name = [0xFF, (byte)'a'],
        Type = FileType.SymbolicLink,
        Mode = 0x9ED,
        Uid = uint.MaxValue,
        Gid = 7,
        Size = long.MaxValue,
        Modified = new DateTimeOffset(2026, 11, 24, 1, 2, 3, 456, TimeSpan.Zero),
        Target = [0xC3],
        FileSystem = "tmpfs",
    };

    [Fact]
    public void Write_NameThatIsNoText_IsShownEscapedAndCarriedInBase64() => Assert.Equal(
        """
        {"name":"\\xffa","rawName":"/2E=","type":"SymbolicLink","mode":"04755","uid":4294967295,"gid":7,"size":9223372036854775807,"modified":"2026-11-24T01:02:03.456Z","target":"\\xc3","rawTarget":"ww==","fileSystem":"tmpfs"}
        """,
        Write(Link));

    [Fact]
    public void Write_PlainFile_HasOnlyWhatItHas() => Assert.Equal(
        """
        {"name":"a\nb","type":"File","mode":"0644","uid":0,"gid":0,"size":3}
        """,
        Write(new FileEntry { Name = "a\nb"u8.ToArray(), Type = FileType.File, Mode = 0x1A4, Size = 3 }));

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        var read = FileEntryJson.Read(Parse(Write(Link)));

        Assert.Equal(Link.Name, read.Name);
        Assert.Equal(Link.Target, read.Target);
        Assert.Equal(Link, read with { Name = Link.Name, Target = Link.Target });
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"name":"a","type":"File","mode":"0999","uid":0,"gid":0,"size":0}""")]
    [InlineData("""{"name":"a","type":"File","mode":"0644","uid":-1,"gid":0,"size":0}""")]
    [InlineData("""{"rawName":"*","type":"File","mode":"0644","uid":0,"gid":0,"size":0}""")]
    [InlineData("""{"name":"a"}""")]
    public void Read_SomethingElse_IsRefused(string json) => Assert.Throws<FormatException>(() => FileEntryJson.Read(Parse(json)));

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private static string Write(FileEntry entry)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            FileEntryJson.WriteMembers(json, entry);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
