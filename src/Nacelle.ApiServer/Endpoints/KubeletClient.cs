using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>Connections to kubelets: what every request to their ports has in common.</summary>
internal static class KubeletClient
{
    /// <summary>Tries the addresses in turn, until one answers or the answer to the client has begun.</summary>
    /// <returns>Null where one did; else why the first did not, or <paramref name="none"/> where there is no address.</returns>
    public static async Task<string?> TryEachAsync(HttpResponse response, IEnumerable<Uri> kubelets, string none, Func<Uri, Task> attempt)
    {
        string? reason = null;
        foreach (Uri kubelet in kubelets)
        {
            try
            {
                await attempt(kubelet).ConfigureAwait(false);
                return null;
            }
            catch (HttpRequestException e) when (!response.HasStarted)
            {
                reason ??= e.InnerException is { } inner ? $"{e.Message} {inner.Message}" : e.Message;
            }
        }

        return reason ?? none;
    }

    /// <summary>Shows the client certificate, if any, and trusts only kubelets whose certificate the authority has signed.</summary>
    public static HttpMessageInvoker Create(X509Certificate2? clientCertificate, X509Certificate2? authority)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        if (authority is not null)
        {
            trust.CustomTrustStore.Add(authority);
        }

        return new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,

            // Names of users may hold any letter.
            RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.UTF8,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = trust,
                ClientCertificates = clientCertificate is null ? null : [clientCertificate],
            },
        });
    }
}
