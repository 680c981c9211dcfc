using Microsoft.AspNetCore.Http;
using Nacelle.Kubernetes.Inspection;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>One request to the group, its path taken apart.</summary>
/// <param name="Services">What endpoints share.</param>
/// <param name="Http">The request.</param>
/// <param name="Namespace">Empty for all namespaces.</param>
/// <param name="Name">The object's name; empty for a collection.</param>
/// <param name="Stopping">Cancelled when the kubelet stops.</param>
internal sealed record InspectRequest(InspectServices Services, HttpContext Http, string Namespace, string Name, CancellationToken Stopping)
{
    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>Who asks, as the API server before us says; else whose certificate it is. Never empty.</summary>
    public string User =>
        Http.Request.Headers[InspectGroup.UserHeader].ToString() is { Length: > 0 } name ? name
        : Http.Connection.ClientCertificate?.GetNameInfo(System.Security.Cryptography.X509Certificates.X509NameType.SimpleName, forIssuer: false) is { Length: > 0 } subject
            ? subject
            : "unknown";
}
