using System.Text;
using System.Text.Json;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>Where a list in pieces goes on: the state that it shows and the key after which it continues.</summary>
/// <param name="Revision">State of the first piece; -1 for whatever is there now.</param>
/// <param name="After">Last key given, relative to the namespace of the list.</param>
internal sealed record ContinueToken(long Revision, string After)
{
    private const string Version = "meta.k8s.io/v1";

    public override string ToString()
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("v"u8, Version);
            writer.WriteNumber("rv"u8, Revision);
            writer.WriteString("start"u8, After + "\0");
            writer.WriteEndObject();
        }

        return System.Buffers.Text.Base64Url.EncodeToString(buffer.WrittenSpan);
    }

    /// <exception cref="ApiStatusException">400.</exception>
    public static ContinueToken Parse(string text)
    {
        byte[] bytes = Decode(text);
        if (bytes.Length == 0 || bytes[0] != (byte)'{')
        {
            string first = bytes.Length == 0 ? "unexpected end of JSON input" : $"invalid character {Character(bytes)} looking for beginning of value";
            throw Invalid(first);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            JsonElement root = document.RootElement;
            string version = root.GetProperty("v"u8).GetString() ?? "";
            if (version != Version)
            {
                throw ApiStatusException.BadRequest($"invalid continue token: continue key is not valid: server does not recognize this encoded version {GoText.Quote(version)}");
            }

            string start = root.GetProperty("start"u8).GetString() ?? "";
            return new ContinueToken(root.GetProperty("rv"u8).GetInt64(), start.TrimEnd('\0'));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Invalid(e.Message);
        }
    }

    /// <summary>Base64 of whatever quality: bits too many at the end do not matter.</summary>
    private static byte[] Decode(string text)
    {
        const string Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var bytes = new List<byte>(text.Length);
        int bits = 0;
        int held = 0;
        foreach (char c in text.TrimEnd('='))
        {
            int digit = Digits.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
            {
                throw Invalid("illegal base64 data");
            }

            bits = ((bits << 6) | digit) & 0xFFFF;
            held += 6;
            if (held >= 8)
            {
                held -= 8;
                bytes.Add((byte)(bits >> held));
            }
        }

        return [.. bytes];
    }

    private static string Character(byte[] bytes)
    {
        // Reads one byte as one character, as the reference's JSON scanner does.
        string quoted = GoText.Quote(((char)bytes[0]).ToString());
        return "'" + quoted[1..^1] + "'";
    }

    private static ApiStatusException Invalid(string why) =>
        ApiStatusException.BadRequest($"invalid continue token: continue key is not valid: {why}");
}
