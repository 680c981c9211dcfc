using Microsoft.AspNetCore.Http;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Discovery;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>
/// Chooses the form of an answer. Protobuf is not spoken: a client that prefers it gets JSON, and goes by Content-Type.
/// </summary>
internal static class ContentNegotiation
{
    private const string Json = "application/json";
    private const string Yaml = "application/yaml";
    private const string Protobuf = "application/vnd.kubernetes.protobuf";
    private const string All = "application/json, application/yaml, application/vnd.kubernetes.protobuf";
    private const string Streams = "application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch";

    /// <param name="request">The request.</param>
    /// <param name="transformations">Whether the endpoint gives Tables and partial metadata.</param>
    /// <exception cref="ApiStatusException">406.</exception>
    public static Representation ForObject(HttpRequest request, bool transformations = true)
    {
        IReadOnlyList<MediaRange> ranges = Ranges(request);
        RequireKnownType(ranges);
        foreach (MediaRange range in ranges)
        {
            if (Known(range.Type) && Read(range, transformations) is { } representation)
            {
                return representation;
            }
        }

        throw ApiStatusException.NotAcceptable("only the following media types are accepted: " + All);
    }

    /// <exception cref="ApiStatusException">406: YAML, for one, is no stream.</exception>
    public static Representation ForWatch(HttpRequest request)
    {
        IReadOnlyList<MediaRange> ranges = Ranges(request);
        RequireKnownType(ranges);
        foreach (MediaRange range in ranges)
        {
            if (range.Type is Json or Protobuf or "*/*" && Read(range, transformations: true) is { } representation)
            {
                return representation;
            }
        }

        throw ApiStatusException.NotAcceptable("only the following media types are accepted: " + Streams);
    }

    /// <summary>The form of an error: YAML where it is asked for, else JSON.</summary>
    public static Representation ForError(HttpRequest request)
    {
        MediaRange? first = Ranges(request).FirstOrDefault(r => Known(r.Type));
        return new Representation(Yaml: first?.Type == Yaml);
    }

    /// <summary>Whether the aggregated discovery document is asked for, or the plain one.</summary>
    /// <exception cref="ApiStatusException">406.</exception>
    public static bool WantsAggregatedDiscovery(HttpRequest request) => AggregatedDocument.IsPreferred(request.Headers.Accept.ToString())
        ?? throw ApiStatusException.NotAcceptable("only the following media types are accepted: " + All);

    private static IReadOnlyList<MediaRange> Ranges(HttpRequest request)
    {
        string accept = request.Headers.Accept.ToString();
        return MediaRange.ParseAll(accept.Length == 0 ? "*/*" : accept);
    }

    private static bool Known(string type) => type is Json or Yaml or Protobuf or "*/*";

    // The router of the real server looks at the bare types first, and words its refusal differently.
    private static void RequireKnownType(IReadOnlyList<MediaRange> ranges)
    {
        if (!ranges.Any(r => Known(r.Type)))
        {
            throw new ApiStatusException(new ApiStatus
            {
                Code = 406,
                Reason = StatusReason.NotAcceptable,
                Message = "406: Not Acceptable\n\nAvailable representations: " + All,
                Details = new StatusDetails(),
            });
        }
    }

    private static Representation? Read(MediaRange range, bool transformations)
    {
        bool yaml = range.Type == Yaml;
        if (range["as"] is not { Length: > 0 } kind)
        {
            return new Representation(yaml);
        }

        string version = range["v"] ?? "";
        if (!transformations || range["g"] != "meta.k8s.io" || version is not ("v1" or "v1beta1"))
        {
            return null;
        }

        return kind switch
        {
            "Table" => new Representation(yaml, Transformation.Table, version),
            "PartialObjectMetadata" => new Representation(yaml, Transformation.PartialObjectMetadata, version),
            "PartialObjectMetadataList" => new Representation(yaml, Transformation.PartialObjectMetadataList, version),
            _ => null,
        };
    }
}
