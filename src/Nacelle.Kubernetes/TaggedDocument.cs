using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Nacelle.Kubernetes;

/// <summary>Answers with a document that clients keep: its hash is its entity tag, and 304 goes to who has it already.</summary>
public static class TaggedDocument
{
    public static Task WriteAsync(HttpContext http, byte[] document, string contentType)
    {
        string etag = $"\"{Convert.ToHexString(SHA512.HashData(document))}\"";
        http.Response.Headers.ETag = etag;
        http.Response.Headers.Vary = "Accept";
        if (http.Request.Headers.IfNoneMatch.ToString() == etag)
        {
            http.Response.StatusCode = 304;
            return Task.CompletedTask;
        }

        http.Response.ContentType = contentType;
        http.Response.ContentLength = document.Length;
        return http.Response.Body.WriteAsync(document, http.RequestAborted).AsTask();
    }
}
