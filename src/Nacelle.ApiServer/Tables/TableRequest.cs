using Microsoft.AspNetCore.Http;
using Nacelle.ApiServer.Endpoints;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Tables;

/// <summary>What a client wants of a Table.</summary>
/// <param name="IncludeObject"><c>None</c>, <c>Metadata</c> or <c>Object</c>: what each row carries.</param>
/// <param name="MetaVersion"><c>v1</c> or <c>v1beta1</c>.</param>
internal sealed record TableRequest(string IncludeObject, string MetaVersion)
{
    /// <exception cref="ApiStatusException">400.</exception>
    public static TableRequest Read(HttpRequest request, Representation representation)
    {
        string include = request.Query.Text("includeObject");
        return include switch
        {
            "" => new TableRequest("Metadata", representation.MetaVersion),
            "None" or "Metadata" or "Object" => new TableRequest(include, representation.MetaVersion),
            _ => throw ApiStatusException.BadRequest(
                $"Unable to convert to Table as requested: includeObject: Invalid value: {GoText.Quote(include)}: must be 'Metadata', 'Object', 'None', or empty"),
        };
    }
}
