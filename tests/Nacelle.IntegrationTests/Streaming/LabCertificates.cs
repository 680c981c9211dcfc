using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Nacelle.IntegrationTests.Streaming;

/// <summary>An authority and what it signed, in memory: a serving certificate for 127.0.0.1 and a client certificate.</summary>
internal sealed class LabCertificates : IDisposable
{
    public LabCertificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=lab", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        Authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddHours(1));
        Serving = Sign("CN=lab-server");
        Client = Sign("CN=kube-apiserver-kubelet-client");
    }

    public X509Certificate2 Authority { get; }

    public X509Certificate2 Serving { get; }

    public X509Certificate2 Client { get; }

    public void Dispose()
    {
        Client.Dispose();
        Serving.Dispose();
        Authority.Dispose();
    }

    private X509Certificate2 Sign(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(
            Authority, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(50), RandomNumberGenerator.GetBytes(8));
        using var pair = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pfx), null);
    }
}
