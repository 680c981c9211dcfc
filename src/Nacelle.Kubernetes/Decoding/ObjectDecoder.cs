using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Nacelle.Kubernetes.Schema;

namespace Nacelle.Kubernetes.Decoding;

/// <summary>Turns JSON into a document of a type.</summary>
public static class ObjectDecoder
{
    /// <exception cref="DecodingException">Not JSON, or a value has the wrong type.</exception>
    public static DecodedDocument Decode(ReadOnlySpan<byte> json, SchemaType type)
    {
        if (JsonSyntax.Fault(json) is { } fault)
        {
            throw new DecodingException(fault);
        }

        if (!Utf8.IsValid(json))
        {
            json = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json));
        }

        var reader = new TypedReader(json);
        JsonObject document = reader.Read(type);
        return reader.TypeFault is null
            ? new DecodedDocument(document, reader.StrictErrors)
            : throw new DecodingException(reader.TypeFault);
    }

    /// <summary>Like <see cref="Decode"/> for a document in memory, with the words that a strategic merge patch is answered with.</summary>
    /// <exception cref="DecodingException">A value has the wrong type.</exception>
    public static DecodedDocument Convert(JsonObject document, SchemaType type)
    {
        var reader = new TypedReader(ToUtf8(document), converterWords: true);
        JsonObject converted = reader.Read(type);
        return reader.TypeFault is null
            ? new DecodedDocument(converted, reader.StrictErrors)
            : throw new DecodingException(reader.TypeFault);
    }

    /// <summary>Brings a document, such as one that a patch made, into the form in which it is stored and answered.</summary>
    /// <exception cref="DecodingException">A value has the wrong type.</exception>
    public static DecodedDocument Normalize(JsonObject document, SchemaType type) => Decode(ToUtf8(document), type);

    /// <summary>A document as compact UTF-8 JSON.</summary>
    public static byte[] ToUtf8(JsonNode document)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, JsonText.Writer))
        {
            document.WriteTo(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
