using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Nacelle.Pki;

/// <summary>Makes the certificate authority and what it signs: ECDSA P-256, as short-lived as a machine's own tool can afford.</summary>
internal static class CertificateIssuer
{
    private static readonly TimeSpan AuthorityLifetime = TimeSpan.FromDays(3650);
    private static readonly TimeSpan LeafLifetime = TimeSpan.FromDays(365);

    // Clocks of machines that were just booted jump; a certificate that is valid from "now" would be refused until they settle.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    public static X509Certificate2 CreateAuthority(string commonName, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign | X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(now - ClockSkew, now + AuthorityLifetime);
    }

    /// <param name="user">The common name, a Kubernetes user.</param>
    /// <param name="group">The organisation, a Kubernetes group; null for none.</param>
    public static X509Certificate2 IssueClient(X509Certificate2 authority, string user, string? group, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedNameBuilder();
        if (group is not null)
        {
            name.AddOrganizationName(group);
        }

        name.AddCommonName(user);
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        return Issue(authority, request, key, "1.3.6.1.5.5.7.3.2", now);
    }

    public static X509Certificate2 IssueServer(
        X509Certificate2 authority, string commonName, IEnumerable<string> dnsNames, IEnumerable<IPAddress> addresses, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var dnsName in dnsNames)
        {
            alternatives.AddDnsName(dnsName);
        }

        foreach (var address in addresses)
        {
            alternatives.AddIpAddress(address);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        return Issue(authority, request, key, "1.3.6.1.5.5.7.3.1", now);
    }

    private static X509Certificate2 Issue(
        X509Certificate2 authority, CertificateRequest request, ECDsa key, string extendedUsage, DateTimeOffset now)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(extendedUsage)], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));

        var end = now + LeafLifetime;
        if (end > authority.NotAfter)
        {
            end = authority.NotAfter;
        }

        using var certificate = request.Create(authority, now - ClockSkew, end, RandomNumberGenerator.GetBytes(16));
        return certificate.CopyWithPrivateKey(key);
    }
}
