using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Nacelle.ApiServer.OpenApi;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>The OpenAPI documents, for clients that check what they send and explain what there is.</summary>
internal static class OpenApiEndpoint
{
    // What a version 2 client asks for is protobuf; ours is JSON, which it takes, too.
    public static Task Version2Async(HttpContext http, OpenApiDocuments documents) => WriteAsync(http, documents.Version2());

    public static Task IndexAsync(HttpContext http, OpenApiDocuments documents) => WriteAsync(http, documents.Index());

    /// <exception cref="ApiStatusException">404.</exception>
    public static Task Version3Async(HttpContext http, OpenApiDocuments documents, string groupVersion) =>
        WriteAsync(http, documents.Version3(groupVersion) ?? throw ApiStatusException.UnknownPath());

    private static Task WriteAsync(HttpContext http, byte[] document)
    {
        if (!HttpMethods.IsGet(http.Request.Method))
        {
            throw ApiStatusException.MethodNotAllowed();
        }

        string etag = $"\"{Convert.ToHexString(SHA512.HashData(document))}\"";
        http.Response.Headers.ETag = etag;
        http.Response.Headers.Vary = "Accept";
        if (http.Request.Headers.IfNoneMatch.ToString() == etag)
        {
            http.Response.StatusCode = 304;
            return Task.CompletedTask;
        }

        http.Response.ContentType = "application/json";
        http.Response.ContentLength = document.Length;
        return http.Response.Body.WriteAsync(document, http.RequestAborted).AsTask();
    }
}
