using System.Text.Json.Nodes;
using Nacelle.ApiServer.Storage;

namespace Nacelle.ApiServer.Resources;

/// <summary>Between the bytes in the store and documents of the version that a path serves.</summary>
internal static class StorageForm
{
    /// <summary>A fresh document, <c>kind</c> and <c>apiVersion</c> included.</summary>
    public static JsonObject Read(ResourceType type, byte[] json)
    {
        JsonObject item = StoredJson.Decode(json, type.Kind, type.ApiVersion);
        type.FromStorage?.Invoke(item);
        return item;
    }

    /// <summary>Bytes for the store, without a resourceVersion. The document stays as it is.</summary>
    public static byte[] Write(ResourceType type, JsonObject item)
    {
        if (type.ToStorage is null)
        {
            return StoredJson.Encode(item);
        }

        var stored = (JsonObject)item.DeepClone();
        type.ToStorage(stored);
        return StoredJson.Encode(stored);
    }
}
