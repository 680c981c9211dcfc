using System.Security.Cryptography.X509Certificates;
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

    // The usual names of an API server's client certificates: whoever else has one of the same authority speaks for himself only.
    private static readonly string[] ApiServers = ["kube-apiserver-kubelet-client", "front-proxy-client"];

    /// <summary>Who asks: whose certificate it is, or whom an API server before us names. Never empty.</summary>
    public string User
    {
        get
        {
            var subject = Http.Connection.ClientCertificate?.GetNameInfo(X509NameType.SimpleName, forIssuer: false) ?? "";
            return ApiServers.Contains(subject) && Http.Request.Headers[InspectGroup.UserHeader].ToString() is { Length: > 0 } name ? name
                : subject.Length > 0 ? subject
                : "unknown";
        }
    }
}
