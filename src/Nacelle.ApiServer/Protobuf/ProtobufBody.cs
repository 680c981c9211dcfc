using System.Globalization;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Decoding;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Schema;

namespace Nacelle.ApiServer.Protobuf;

/// <summary>
/// Turns a body in Kubernetes' protobuf (an envelope that names the kind, and the object) into JSON, which then goes the
/// way of every body. Answers are always JSON: clients read what Content-Type says.
/// </summary>
internal static class ProtobufBody
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    // Deeper than any kind; bounds what a hostile body can make of the stack.
    private const int MaxDepth = 32;

    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    /// <exception cref="ApiStatusException">400: not protobuf; 415: a kind whose field numbers are not known here.</exception>
    public static byte[] ToJson(ReadOnlySpan<byte> body, ObjectSchema expected)
    {
        if (!body.StartsWith(Magic))
        {
            throw ApiStatusException.BadRequest(
                $"the object provided is unrecognized (must be of type {expected.Kind}): provided data does not appear to be a protobuf message");
        }

        try
        {
            return ObjectDecoder.ToUtf8(Envelope(body[Magic.Length..], expected));
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw ApiStatusException.BadRequest($"the object provided is unrecognized (must be of type {expected.Kind}): proto: {e.Message}");
        }
    }

    private static JsonObject Envelope(ReadOnlySpan<byte> envelope, ObjectSchema expected)
    {
        string apiVersion = "";
        string kind = "";
        ReadOnlySpan<byte> raw = default;
        var reader = new ProtobufReader(envelope);
        while (reader.Read())
        {
            if (reader.Number == 1)
            {
                var named = new ProtobufReader(reader.Bytes);
                while (named.Read())
                {
                    (apiVersion, kind) = named.Number switch { 1 => (named.Text, kind), 2 => (apiVersion, named.Text), _ => (apiVersion, kind) };
                }
            }
            else if (reader.Number == 2)
            {
                raw = reader.Bytes;
            }
        }

        string message = kind.Length == 0 ? expected.Kind : kind;
        if (ProtobufMessages.Find(message) is null)
        {
            throw ApiStatusException.UnsupportedMediaType(
                $"bodies of kind {message} are not read in protobuf: send application/json or application/yaml");
        }

        JsonObject item = Message(raw, message, 0);
        item["kind"] = kind;
        item["apiVersion"] = apiVersion;
        return item;
    }

    private static JsonObject Message(ReadOnlySpan<byte> bytes, string name, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new FormatException("too deep");
        }

        var result = new JsonObject();
        ReadInto(result, bytes, name, depth);
        return result;
    }

    private static void ReadInto(JsonObject result, ReadOnlySpan<byte> bytes, string name, int depth)
    {
        IReadOnlyDictionary<int, ProtobufField> fields = ProtobufMessages.Find(name)!;
        var reader = new ProtobufReader(bytes);
        while (reader.Read())
        {
            if (!fields.TryGetValue(reader.Number, out ProtobufField? field))
            {
                continue;
            }

            if (field.Inline)
            {
                ReadInto(result, reader.Bytes, field.Type, depth);
            }
            else if (field.Map)
            {
                AddEntry(result.Ensure(field.Name), reader.Bytes, field, depth);
            }
            else if (field.Repeated)
            {
                JsonArray list = result.List(field.Name) ?? [];
                list.Add(Value(reader, field.Type, depth));
                result[field.Name] = list.Parent is null ? list : result[field.Name];
            }
            else
            {
                result[field.Name] = Value(reader, field.Type, depth);
            }
        }
    }

    private static void AddEntry(JsonObject map, ReadOnlySpan<byte> entry, ProtobufField field, int depth)
    {
        string key = "";
        JsonNode? value = field.Type is "text" or "bytes" ? JsonValue.Create("") : null;
        var reader = new ProtobufReader(entry);
        while (reader.Read())
        {
            if (reader.Number == 1)
            {
                key = reader.Text;
            }
            else if (reader.Number == 2)
            {
                value = Value(reader, field.Type, depth);
            }
        }

        map[key] = value;
    }

    private static JsonNode? Value(ProtobufReader reader, string type, int depth) => type switch
    {
        "text" => JsonValue.Create(reader.Text),
        "bytes" => JsonValue.Create(Convert.ToBase64String(reader.Bytes)),
        "int" => JsonValue.Create((long)reader.Varint),
        "flag" => JsonValue.Create(reader.Varint != 0),
        "time" => Time(reader.Bytes, "yyyy-MM-dd'T'HH:mm:ss'Z'"),
        "micro" => Time(reader.Bytes, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'"),
        "quantity" => JsonValue.Create(FirstText(reader.Bytes)),
        "intOrText" => IntOrText(reader.Bytes),
        _ => Message(reader.Bytes, type, depth + 1),
    };

    private static JsonValue? Time(ReadOnlySpan<byte> bytes, string format)
    {
        long seconds = 0;
        long nanoseconds = 0;
        var reader = new ProtobufReader(bytes);
        bool any = false;
        while (reader.Read())
        {
            any = true;
            (seconds, nanoseconds) = reader.Number switch
            {
                1 => ((long)reader.Varint, nanoseconds),
                2 => (seconds, (long)reader.Varint),
                _ => (seconds, nanoseconds),
            };
        }

        if (!any)
        {
            return null;
        }

        if (seconds is < -62135596800 or > 253402300799)
        {
            throw new FormatException("time out of range");
        }

        DateTimeOffset time = DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanoseconds / 100);
        return JsonValue.Create(time.UtcDateTime.ToString(format, CultureInfo.InvariantCulture));
    }

    /// <summary>Field 1 says which of the two is meant: 0 the number of field 2, 1 the text of field 3.</summary>
    private static JsonValue IntOrText(ReadOnlySpan<byte> bytes)
    {
        ulong kind = 0;
        int number = 0;
        string text = "";
        var reader = new ProtobufReader(bytes);
        while (reader.Read())
        {
            (kind, number, text) = reader.Number switch
            {
                1 => (reader.Varint, number, text),
                2 => (kind, (int)reader.Varint, text),
                3 => (kind, number, reader.Text),
                _ => (kind, number, text),
            };
        }

        return kind == 0 ? JsonValue.Create(number) : JsonValue.Create(text);
    }

    private static string FirstText(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtobufReader(bytes);
        while (reader.Read())
        {
            if (reader.Number == 1)
            {
                return reader.Text;
            }
        }

        return "";
    }
}
