using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Storage;

/// <summary>
/// The stored form of an object. <c>metadata</c> comes first, so that the writer can put the revision, which it alone
/// knows, into the finished bytes without parsing them.
/// </summary>
public static class StoredJson
{
    // As the schema orders them; the server itself adds some at the end.
    private static readonly string[] MetadataFields =
    [
        "name", "generateName", "namespace", "uid", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
        "labels", "annotations", "ownerReferences", "finalizers", "managedFields",
    ];

    private static ReadOnlySpan<byte> Opening => "{\"metadata\":{"u8;

    private static ReadOnlySpan<byte> RevisionName => "\"resourceVersion\":\""u8;

    /// <summary>Writes an object without its <c>kind</c>, <c>apiVersion</c> and <c>metadata.resourceVersion</c>.</summary>
    public static byte[] Encode(JsonObject item)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var writer = new Utf8JsonWriter(buffer, JsonText.Writer))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("metadata"u8);
            WriteMetadata(writer, (JsonObject)item["metadata"]!);
            WriteFieldsInto(writer, item, "kind", "apiVersion", "metadata");
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The same object under a revision.</summary>
    public static byte[] WithRevision(ReadOnlySpan<byte> json, long revision)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(revision, digits, out int length);
        ReadOnlySpan<byte> rest = WithoutRevision(json);
        bool more = rest[0] != (byte)'}';
        byte[] result = new byte[Opening.Length + RevisionName.Length + length + (more ? 2 : 1) + rest.Length];
        Span<byte> target = result;
        Opening.CopyTo(target);
        target = target[Opening.Length..];
        RevisionName.CopyTo(target);
        target = target[RevisionName.Length..];
        digits[..length].CopyTo(target);
        target[length] = (byte)'"';
        if (more)
        {
            target[length + 1] = (byte)',';
        }

        rest.CopyTo(target[(length + (more ? 2 : 1))..]);
        return result;
    }

    /// <summary>A mutable document; kind and version are those of the view that the caller gives.</summary>
    public static JsonObject Decode(byte[] json, string kind, string apiVersion)
    {
        var item = (JsonObject)JsonNode.Parse(json)!;
        PlaceRevision((JsonObject)item["metadata"]!);
        item.Insert(0, "kind", kind);
        item.Insert(1, "apiVersion", apiVersion);
        return item;
    }

    // Documents have the revision where the schema has it; some error texts show whole documents.
    private static void PlaceRevision(JsonObject metadata)
    {
        if (metadata.TryGetPropertyValue("resourceVersion", out JsonNode? revision) && metadata.IndexOf("uid") is >= 0 and var uid)
        {
            metadata.Remove("resourceVersion");
            metadata.Insert(uid, "resourceVersion", revision);
        }
    }

    /// <summary>What follows the revision (or the opening, where there is none) within <c>metadata</c>.</summary>
    private static ReadOnlySpan<byte> WithoutRevision(ReadOnlySpan<byte> json)
    {
        ReadOnlySpan<byte> rest = json[Opening.Length..];
        if (!rest.StartsWith(RevisionName))
        {
            return rest;
        }

        rest = rest[RevisionName.Length..];
        rest = rest[(rest.IndexOf((byte)'"') + 1)..];
        return rest[0] == (byte)',' ? rest[1..] : rest;
    }

    private static void WriteMetadata(Utf8JsonWriter writer, JsonObject metadata)
    {
        writer.WriteStartObject();
        foreach (string name in MetadataFields)
        {
            if (metadata.TryGetPropertyValue(name, out JsonNode? value) && value is not null)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer, JsonText.Compact);
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteFieldsInto(Utf8JsonWriter writer, JsonObject item, string skip1, string skip2, string skip3)
    {
        foreach ((string name, JsonNode? value) in item)
        {
            if (name == skip1 || name == skip2 || name == skip3)
            {
                continue;
            }

            writer.WritePropertyName(name);
            if (value is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                value.WriteTo(writer, JsonText.Compact);
            }
        }
    }
}
