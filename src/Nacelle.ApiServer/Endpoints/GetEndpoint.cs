using System.Globalization;
using Nacelle.ApiServer.Storage;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Endpoints;

/// <summary><c>GET</c> of one object, or of it through a view.</summary>
internal static class GetEndpoint
{
    public static async Task HandleAsync(ApiRequest request)
    {
        Representation representation = ContentNegotiation.ForObject(request.Http.Request);
        CheckName(request.Name);
        string version = request.Http.Request.Query.Text("resourceVersion");
        if (version.Length > 0 && version != "0")
        {
            if (!ulong.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out ulong revision))
            {
                throw new ApiStatusException(new ApiStatus
                {
                    Code = 500,
                    Message = $"resourceVersion: Invalid value: {GoText.Quote(version)}: strconv.ParseUint: parsing {GoText.Quote(version)}: invalid syntax",
                });
            }

            await RevisionWait.UntilAsync(request, revision).ConfigureAwait(false);
        }

        StoredObject item = request.Services.Store.Get(request.Type.StorageKind, request.Path.Key)
            ?? throw ApiStatusException.NotFound(request.Type.Group, request.Type.Plural, request.Name);
        await ResponseWriter.WriteObjectAsync(request, representation, 200, item.Json).ConfigureAwait(false);
    }

    private static void CheckName(string name)
    {
        string? fault = name is "." or ".." ? $"may not be '{name}'" : name.Contains('%', StringComparison.Ordinal) ? "may not contain '%'" : null;
        if (fault is not null)
        {
            throw ApiStatusException.BadRequest($"Name parameter invalid: {GoText.Quote(name)}: {fault}");
        }
    }
}
