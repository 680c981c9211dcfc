using System.Text.Json.Nodes;
using Nacelle.ApiServer.Admission;
using Nacelle.ApiServer.Patching;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Endpoints;

/// <summary><c>PATCH</c> of an object, or of it through a view; the media type says how the patch is written.</summary>
internal static class PatchEndpoint
{
    public static async Task HandleAsync(ApiRequest request)
    {
        Representation representation = ContentNegotiation.ForObject(request.Http.Request);
        PatchKind kind = Kind(request);
        WriteOptions options = WriteOptions.Read(request.Http.Request, "PatchOptions");
        byte[] patch = await BodyReader.ReadAsync(request.Http.Request).ConfigureAwait(false);
        var decoding = new List<string>();
        WriteRequest write = request.ToWrite(options) with { InheritsVersion = true };
        WrittenObject written = await request.Services.Update.RunAsync(
            write,
            old =>
            {
                decoding.Clear();
                return Checked(request, ObjectPatch.Apply(kind, patch, Sorted(old), request.Type.Schema, options.Validation, decoding));
            },
            FieldOwner.Update,
            request.Aborted).ConfigureAwait(false);
        request.Warnings.InsertRange(0, decoding);
        await ResponseWriter.WriteObjectAsync(request, representation, 200, written.Json).ConfigureAwait(false);
    }

    private static PatchKind Kind(ApiRequest request) => BodyReader.MediaType(request.Http.Request) switch
    {
        "application/json-patch+json" => PatchKind.Json,
        "application/merge-patch+json" => PatchKind.Merge,
        "application/strategic-merge-patch+json" => PatchKind.Strategic,
        _ => throw new ApiStatusException(new ApiStatus
        {
            Code = 415,
            Reason = StatusReason.UnsupportedMediaType,
            Message = "415: Unsupported Media Type",
            Details = new StatusDetails(),
        }),
    };

    // Some refusals show the patched document, with its fields in the order of their names.
    private static JsonObject Sorted(JsonObject item) => new(
        item.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())));

    /// <summary>A patch may not make it another object.</summary>
    private static JsonObject Checked(ApiRequest request, JsonObject item)
    {
        ReplaceEndpoint.CheckName(request, item.Ensure("metadata"));
        return item;
    }
}
