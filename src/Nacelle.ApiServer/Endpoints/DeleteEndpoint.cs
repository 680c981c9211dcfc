using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Nacelle.ApiServer.Admission;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Decoding;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Schema;

namespace Nacelle.ApiServer.Endpoints;

/// <summary><c>DELETE</c> of an object or a collection.</summary>
internal static class DeleteEndpoint
{
    public static async Task HandleAsync(ApiRequest request)
    {
        Representation representation = ContentNegotiation.ForObject(request.Http.Request);
        DeleteOptions options = await ReadOptionsAsync(request).ConfigureAwait(false);
        DeletedObject deleted = await request.Services.Delete
            .RunAsync(request.Type, request.Path.Key, request.Name, options, request.Aborted).ConfigureAwait(false);
        // An old way to ask for cascading deletion is told that it is not over.
        int code = !deleted.Gone && options.OrphanDependents == false ? 202 : 200;
        if (deleted.Gone && !request.Type.ReturnsDeleted)
        {
            await ResponseWriter.WriteDocumentAsync(request.Http, representation, Success(request, deleted.Item)).ConfigureAwait(false);
            return;
        }

        await ResponseWriter.WriteObjectAsync(request, representation, code, deleted.Item).ConfigureAwait(false);
    }

    public static async Task HandleCollectionAsync(ApiRequest request)
    {
        Representation representation = ContentNegotiation.ForObject(request.Http.Request);
        ListOptions list = ListOptions.Read(request.Http.Request, watchPath: false);
        DeleteOptions options = await ReadOptionsAsync(request).ConfigureAwait(false);
        var selector = new ItemSelector(request.Type, list.Labels, list.Fields);
        ListResult result = await ListQuery.RunAsync(request, list, selector).ConfigureAwait(false);
        foreach (Storage.StoredObject item in result.Items)
        {
            string name = item.Key[(item.Key.IndexOf('/', StringComparison.Ordinal) + 1)..];
            try
            {
                await request.Services.Delete.RunAsync(request.Type, item.Key, name, options, request.Aborted).ConfigureAwait(false);
            }
            catch (ApiStatusException e) when (e.Status.Code == 404)
            {
                // Gone by another hand: that is what was asked for.
            }
        }

        await ListEndpoint.WriteAsync(request, representation, result).ConfigureAwait(false);
    }

    private static async Task<DeleteOptions> ReadOptionsAsync(ApiRequest request)
    {
        HttpRequest http = request.Http.Request;
        if (http.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true || http.ContentLength == 0)
        {
            return DeleteOptions.FromQuery(http.Query);
        }

        ObjectSchema schema = ObjectSchema.Get("", "v1", "DeleteOptions");
        return DeleteOptions.FromDocument(await BodyReader.ReadObjectAsync(http, schema, FieldValidation.Ignore, []).ConfigureAwait(false));
    }

    private static JsonObject Success(ApiRequest request, JsonObject item) => new ApiStatus
    {
        Code = 200,
        Status = "Success",
        Details = new StatusDetails
        {
            Name = request.Name,
            Group = request.Type.Group,
            Kind = request.Type.Plural,
            Uid = item.Child("metadata").Text("uid"),
        },
    }.ToJson();
}
