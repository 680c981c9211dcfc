using System.Text.Json.Nodes;
using Nacelle.ApiServer.Admission;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Endpoints;

/// <summary><c>PUT</c> of an object, or of it through a view.</summary>
internal static class ReplaceEndpoint
{
    public static async Task HandleAsync(ApiRequest request)
    {
        Representation representation = ContentNegotiation.ForObject(request.Http.Request);
        WriteOptions options = WriteOptions.Read(request.Http.Request, "UpdateOptions");
        JsonObject item = await BodyReader.ReadObjectAsync(request.Http.Request, request.Type.Schema, options.Validation, request.Warnings).ConfigureAwait(false);
        JsonObject metadata = item.Ensure("metadata");
        CheckName(request, metadata);
        ObjectMeta.SetNamespace(metadata, request.Type, request.Path.Namespace);
        WriteRequest write = request.ToWrite(options);
        string[] decoding = [.. request.Warnings];
        WrittenObject written;
        try
        {
            written = await request.Services.Update.RunAsync(write, old => Change(request, item, old), FieldOwner.Update, request.Aborted).ConfigureAwait(false);
        }
        catch (ApiStatusException e) when (e.Status.Code == 404 && request.Type.CreatesOnUpdate && request.Path.Subresource is null)
        {
            written = await request.Services.Create.RunAsync(write, item, FieldOwner.Update, request.Aborted).ConfigureAwait(false);
        }

        request.Warnings.InsertRange(0, decoding);
        await ResponseWriter.WriteObjectAsync(request, representation, written.Created ? 201 : 200, written.Json).ConfigureAwait(false);
    }

    private static JsonObject Change(ApiRequest request, JsonObject item, JsonObject old)
    {
        string asked = item.Child("metadata").Text("uid");
        string present = old.Child("metadata").Text("uid");
        if (asked.Length > 0 && asked != present)
        {
            throw ApiStatusException.Conflict(request.Type.Group, request.Type.Plural, request.Name,
                $"StorageError: invalid object, Code: 4, Key: /registry/{request.Type.StorageKind}/{request.Path.Key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: {asked}, UID in object meta: {present}");
        }

        return (JsonObject)item.DeepClone();
    }

    /// <exception cref="ApiStatusException">400: the name in the object is not that in the path.</exception>
    public static void CheckName(ApiRequest request, JsonObject metadata)
    {
        string name = metadata.Text("name");
        if (name.Length == 0)
        {
            throw ApiStatusException.BadRequest($"the name of the object ({request.Name} based on URL) was undeterminable: name must be provided");
        }

        if (name != request.Name)
        {
            throw ApiStatusException.BadRequest($"the name of the object ({name}) does not match the name on the URL ({request.Name})");
        }
    }
}
