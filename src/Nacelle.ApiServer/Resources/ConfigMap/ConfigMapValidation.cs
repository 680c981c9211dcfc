using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;

namespace Nacelle.ApiServer.Resources.ConfigMap;

/// <summary>The rules of ConfigMaps; Secrets share those of keys, size and immutability.</summary>
internal static class ConfigMapValidation
{
    private const int MaximumBytes = 1024 * 1024;

    public static IReadOnlyList<FieldError> Create(JsonObject item)
    {
        List<FieldError> errors = [];
        MetadataValidation.Check(errors, item, namespaced: true, NameRules.Dns1123Subdomain);
        CheckData(errors, item);
        return errors;
    }

    public static IReadOnlyList<FieldError> Update(JsonObject item, JsonObject old)
    {
        List<FieldError> errors = [];
        MetadataValidation.CheckUpdate(errors, item, old, namespaced: true);
        CheckImmutable(errors, item, old, "data", "binaryData");
        CheckData(errors, item);
        return errors;
    }

    /// <summary>What was made immutable stays as it is, and stays immutable.</summary>
    public static void CheckImmutable(List<FieldError> errors, JsonObject item, JsonObject old, params string[] fields)
    {
        if (!old.Flag("immutable"))
        {
            return;
        }

        if (!item.Flag("immutable"))
        {
            errors.Add(FieldError.Forbidden("immutable", "field is immutable when `immutable` is set"));
        }

        foreach (string field in fields)
        {
            if (!JsonNode.DeepEquals(item[field], old[field]))
            {
                errors.Add(FieldError.Forbidden(field, "field is immutable when `immutable` is set"));
            }
        }
    }

    /// <summary>Adds the faults of the keys and returns the size of the values in bytes.</summary>
    public static long CheckKeys(List<FieldError> errors, JsonObject? data, string field, bool encoded)
    {
        long size = 0;
        foreach ((string key, JsonNode? value) in data ?? [])
        {
            MetadataValidation.AddInvalid(errors, new FieldPath(field).Key(key), key, NameRules.ConfigMapKey(key));
            string text = value.AsText() ?? "";
            size += encoded ? (text.Length / 4 * 3) - text.AsSpan().Count('=') : System.Text.Encoding.UTF8.GetByteCount(text);
        }

        return size;
    }

    private static void CheckData(List<FieldError> errors, JsonObject item)
    {
        JsonObject? data = item.Child("data");
        JsonObject? binary = item.Child("binaryData");
        long size = 0;
        foreach ((string key, JsonNode? _) in data ?? [])
        {
            if (binary?.ContainsKey(key) == true)
            {
                errors.Add(FieldError.Invalid(new FieldPath("data").Key(key), key, "duplicate of key present in binaryData"));
            }
        }

        size += CheckKeys(errors, data, "data", encoded: false);
        size += CheckKeys(errors, binary, "binaryData", encoded: true);
        if (size > MaximumBytes)
        {
            errors.Add(FieldError.TooLong(FieldPath.FromString("[]"), MaximumBytes));
        }
    }
}
