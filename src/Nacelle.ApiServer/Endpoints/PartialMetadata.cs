using System.Text.Json;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Endpoints;

/// <summary><c>PartialObjectMetadata</c>: an object without all but its metadata.</summary>
internal static class PartialMetadata
{
    public static JsonObject Of(JsonObject item, string metaVersion) => new()
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = "meta.k8s.io/" + metaVersion,
        ["metadata"] = item.Child("metadata")?.DeepClone(),
    };

    /// <summary>The bytes of <c>metadata</c> within a stored object, which begins with it.</summary>
    public static ReadOnlyMemory<byte> Slice(byte[] stored)
    {
        var reader = new Utf8JsonReader(stored);
        reader.Read();
        reader.Read();
        reader.Read();
        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        return stored.AsMemory(start, (int)reader.BytesConsumed - start);
    }
}
