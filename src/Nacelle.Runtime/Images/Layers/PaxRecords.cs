using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Nacelle.Runtime.Images.Layers;

/// <summary>The records of one PAX extended header: <c>LENGTH KEY=VALUE\n</c>, values any bytes (POSIX pax).</summary>
internal sealed class PaxRecords
{
    private const string AttributePrefix = "SCHILY.xattr.";

    public byte[]? Path { get; private set; }

    public byte[]? LinkPath { get; private set; }

    public long? Size { get; private set; }

    public long? Uid { get; private set; }

    public long? Gid { get; private set; }

    public TarTime? Modified { get; private set; }

    public List<(byte[] Name, byte[] Value)> Attributes { get; } = [];

    /// <exception cref="ImageException">Not of that form, or a form of entry that isn't supported (sparse files).</exception>
    public static PaxRecords Parse(ReadOnlySpan<byte> data)
    {
        PaxRecords records = new();
        while (!data.IsEmpty)
        {
            if (!Utf8Parser.TryParse(data, out int length, out int digits) || digits >= data.Length || data[digits] != ' '
                || length <= digits + 1 || length > data.Length || data[length - 1] != '\n')
            {
                throw Bad();
            }

            ReadOnlySpan<byte> record = data[(digits + 1)..(length - 1)];
            int equals = record.IndexOf((byte)'=');
            if (equals <= 0)
            {
                throw Bad();
            }

            records.Set(Encoding.UTF8.GetString(record[..equals]), record[(equals + 1)..].ToArray());
            data = data[length..];
        }

        return records;
    }

    private void Set(string key, byte[] value)
    {
        switch (key)
        {
            case "path":
                Path = value;
                break;
            case "linkpath":
                LinkPath = value;
                break;
            case "size":
                Size = Number(value);
                break;
            case "uid":
                Uid = Number(value);
                break;
            case "gid":
                Gid = Number(value);
                break;
            case "mtime":
                Modified = Time(value);
                break;
            case not null when key.StartsWith(AttributePrefix, StringComparison.Ordinal):
                Attributes.Add((Encoding.UTF8.GetBytes(key[AttributePrefix.Length..]), value));
                break;
            case not null when key.StartsWith("GNU.sparse.", StringComparison.Ordinal):
                throw new ImageException(ImageError.Unsupported, "layer holds sparse tar entries, which are not supported");
            default:
                break;
        }
    }

    private static long Number(byte[] value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : throw Bad();

    private static TarTime Time(byte[] value)
    {
        string text = Encoding.ASCII.GetString(value);
        int point = text.IndexOf('.', StringComparison.Ordinal);
        string whole = point < 0 ? text : text[..point];
        string fraction = point < 0 ? "" : text[(point + 1)..];
        if (!long.TryParse(whole, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seconds)
            || fraction.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            throw Bad();
        }

        uint nanoseconds = uint.Parse(fraction.PadRight(9, '0')[..9], CultureInfo.InvariantCulture);
        return text.StartsWith('-') && nanoseconds > 0
            ? new TarTime(seconds - 1, 1_000_000_000 - nanoseconds)
            : new TarTime(seconds, nanoseconds);
    }

    private static ImageException Bad() => new(ImageError.Corrupt, "layer has a malformed PAX header");
}
