using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>Connections to kubelets: what every request to their ports has in common.</summary>
internal static class KubeletClient
{
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
