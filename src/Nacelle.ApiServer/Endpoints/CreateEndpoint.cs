using System.Text.Json.Nodes;
using Nacelle.ApiServer.Admission;

namespace Nacelle.ApiServer.Endpoints;

/// <summary><c>POST</c> to a collection.</summary>
internal static class CreateEndpoint
{
    public static async Task HandleAsync(ApiRequest request)
    {
        Representation representation = ContentNegotiation.ForObject(request.Http.Request);
        WriteOptions options = WriteOptions.Read(request.Http.Request, "CreateOptions");
        JsonObject item = await BodyReader.ReadObjectAsync(request.Http.Request, request.Type.Schema, options.Validation, request.Warnings).ConfigureAwait(false);
        WrittenObject written = await request.Services.Create
            .RunAsync(request.ToWrite(options), item, FieldOwner.Update, request.Aborted).ConfigureAwait(false);
        await ResponseWriter.WriteObjectAsync(request, representation, 201, written.Json).ConfigureAwait(false);
    }
}
