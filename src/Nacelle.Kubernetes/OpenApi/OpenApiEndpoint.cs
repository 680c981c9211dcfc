using Microsoft.AspNetCore.Http;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.Kubernetes.OpenApi;

/// <summary>The OpenAPI documents, for clients that check what they send and explain what there is, and for servers that aggregate this one.</summary>
public static class OpenApiEndpoint
{
    /// <param name="http">The request.</param>
    /// <param name="documents">What there is.</param>
    /// <param name="path">What stands behind <c>/openapi/</c>.</param>
    /// <exception cref="ApiStatusException">404, 405.</exception>
    public static Task HandleAsync(HttpContext http, OpenApiDocuments documents, string[] path)
    {
        // What a version 2 client asks for is protobuf; ours is JSON, which it takes, too.
        byte[] document = path switch
        {
            ["v2"] => documents.Version2(),
            ["v3"] => documents.Index(),
            ["v3", .. var groupVersion] => documents.Version3(string.Join('/', groupVersion)),
            _ => null,
        } ?? throw ApiStatusException.UnknownPath();
        return HttpMethods.IsGet(http.Request.Method)
            ? TaggedDocument.WriteAsync(http, document, "application/json")
            : throw ApiStatusException.MethodNotAllowed();
    }
}
