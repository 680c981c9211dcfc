using Microsoft.AspNetCore.Http;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>The border at which errors become answers.</summary>
internal static class StatusWriter
{
    public static async Task WriteAsync(HttpContext http, ApiStatus status)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.Clear();
        http.Response.StatusCode = status.Code;
        if (status.Details is { RetryAfterSeconds: > 0 } details)
        {
            http.Response.Headers.RetryAfter = details.RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        await ResponseWriter.WriteDocumentAsync(http, ContentNegotiation.ForError(http.Request), status.ToJson()).ConfigureAwait(false);
    }
}
