using System.Net;

namespace Nacelle.Kubernetes.Client;

/// <summary>The API server refused a request; the fields are those of its <c>Status</c> object.</summary>
public sealed class ApiException(HttpStatusCode code, string reason, string message) : Exception(message)
{
    /// <summary>The HTTP status code.</summary>
    public HttpStatusCode Code { get; } = code;

    /// <summary>Machine-readable reason such as <c>NotFound</c>, <c>Conflict</c> or <c>Expired</c>; may be empty.</summary>
    public string Reason { get; } = reason;
}
