using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Nacelle.ApiServer.Resources;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Admission;

/// <summary>What the server itself keeps in <c>metadata</c> (API conventions, "Metadata").</summary>
internal static class ObjectMeta
{
    private const int MaxGeneratedPrefix = 58;

    // No vowels and no look-alikes, so that no words come out.
    private const string SuffixLetters = "bcdfghjklmnpqrstvwxz2456789";

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The namespace of the path goes into the object; another one in the body is refused.</summary>
    public static void SetNamespace(JsonObject metadata, ResourceType type, string namespaceName)
    {
        string given = metadata.Text("namespace");
        if (type.Namespaced)
        {
            if (given.Length > 0 && given != namespaceName)
            {
                throw ApiStatusException.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
            }

            metadata["namespace"] = namespaceName;
        }
        else
        {
            metadata.Remove("namespace");
        }
    }

    /// <summary>Identity and birth of a new object.</summary>
    public static void Begin(JsonObject metadata, DateTimeOffset now)
    {
        metadata.Remove("deletionTimestamp");
        metadata.Remove("deletionGracePeriodSeconds");
        metadata.Remove("selfLink");
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = Time(now);
    }

    public static string GenerateName(string prefix)
    {
        string kept = prefix.Length > MaxGeneratedPrefix ? prefix[..MaxGeneratedPrefix] : prefix;
        return kept + RandomNumberGenerator.GetString(SuffixLetters, 5);
    }

    /// <summary>An update can change neither birth nor, once it has begun, death.</summary>
    public static void Carry(JsonObject metadata, JsonObject oldMetadata)
    {
        CopyOrRemove(metadata, oldMetadata, "generation");
        CopyOrRemove(metadata, oldMetadata, "creationTimestamp");
        metadata.Remove("selfLink");
        if (metadata.Text("uid").Length == 0)
        {
            CopyOrRemove(metadata, oldMetadata, "uid");
        }

        if (oldMetadata.Has("deletionTimestamp"))
        {
            CopyOrRemove(metadata, oldMetadata, "deletionTimestamp");
            CopyOrRemove(metadata, oldMetadata, "deletionGracePeriodSeconds");
        }
    }

    /// <summary>The revision that an update must find: 0 for any.</summary>
    /// <exception cref="ApiStatusException">500: not a number, as the real server has it.</exception>
    public static long ExpectedRevision(JsonObject metadata)
    {
        string text = metadata.Text("resourceVersion");
        if (text.Length == 0)
        {
            return 0;
        }

        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong revision)
            ? (long)Math.Min(revision, long.MaxValue)
            : throw Unknown($"strconv.ParseUint: parsing {GoText.Quote(text)}: invalid syntax");
    }

    public static ApiStatusException Unknown(string message) => new(new ApiStatus { Code = 500, Message = message });

    private static void CopyOrRemove(JsonObject target, JsonObject source, string name)
    {
        if (source.TryGetPropertyValue(name, out JsonNode? value) && value is not null)
        {
            target[name] = value.DeepClone();
        }
        else
        {
            target.Remove(name);
        }
    }
}
