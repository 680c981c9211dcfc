using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Nacelle.Inspect.Processes;

namespace Nacelle.Inspect.Files;

/// <summary>
/// A <see cref="FileEntry"/> in the answers of <c>pods/files</c>. <c>name</c> is the name itself where it is UTF-8; where not, it is shown escaped and
/// <c>rawName</c> carries its bytes in base64. <c>target</c> and <c>rawTarget</c> likewise.
/// </summary>
public static class FileEntryJson
{
    /// <summary>Writes the entry's members into the object that the writer is in.</summary>
    public static void WriteMembers(Utf8JsonWriter json, FileEntry entry)
    {
        WriteBytes(json, "name", "rawName", entry.Name);
        json.WriteString("type", entry.Type.ToString());
        json.WriteString("mode", "0" + Convert.ToString(entry.Mode, 8).PadLeft(3, '0'));
        json.WriteNumber("uid", entry.Uid);
        json.WriteNumber("gid", entry.Gid);
        json.WriteNumber("size", entry.Size);
        if (entry.Modified is { } modified)
        {
            json.WriteString("modified", modified.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
        }

        if (entry.Device is { } device)
        {
            json.WriteString("device", device);
        }

        if (entry.Target is { } target)
        {
            WriteBytes(json, "target", "rawTarget", target);
        }

        if (entry.FileSystem is { } type)
        {
            json.WriteString("fileSystem", type);
        }
    }

    /// <exception cref="FormatException">It is not what <see cref="WriteMembers"/> writes.</exception>
    public static FileEntry Read(JsonElement json)
    {
        try
        {
            return new FileEntry
            {
                Name = ReadBytes(json, "name", "rawName") ?? throw new FormatException("a file without a name"),
                Type = Enum.TryParse<FileType>(Text(json, "type"), out var type) ? type : FileType.Unknown,
                Mode = Convert.ToUInt32(Text(json, "mode"), 8),
                Uid = json.GetProperty("uid").GetUInt32(),
                Gid = json.GetProperty("gid").GetUInt32(),
                Size = json.GetProperty("size").GetInt64(),
                Modified = Text(json, "modified") is { } time ? DateTimeOffset.Parse(time, CultureInfo.InvariantCulture) : null,
                Device = Text(json, "device"),
                Target = ReadBytes(json, "target", "rawTarget"),
                FileSystem = Text(json, "fileSystem"),
            };
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or OverflowException or ArgumentException)
        {
            throw new FormatException($"not the description of a file: {e.Message}", e);
        }
    }

    private static string? Text(JsonElement json, string member) => json.TryGetProperty(member, out var value) ? value.GetString() : null;

    private static void WriteBytes(Utf8JsonWriter json, string member, string rawMember, byte[] value)
    {
        if (Utf8.IsValid(value))
        {
            json.WriteString(member, value);
            return;
        }

        json.WriteString(member, EscapedText.Of(value));
        json.WriteBase64String(rawMember, value);
    }

    private static byte[]? ReadBytes(JsonElement json, string member, string rawMember) =>
        json.TryGetProperty(rawMember, out var raw) ? raw.GetBytesFromBase64() : Text(json, member) is { } text ? Encoding.UTF8.GetBytes(text) : null;
}
