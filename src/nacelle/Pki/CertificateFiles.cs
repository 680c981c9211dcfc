using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Nacelle.Pki;

/// <summary>PEM files NAME.crt and NAME.key in one directory, each written whole or not at all.</summary>
internal sealed class CertificateFiles(string directory, DateTimeOffset validUntil)
{
    public X509Certificate2 LoadOrCreateAuthority(Func<X509Certificate2> create) => Load("ca") ?? Store("ca", create());

    /// <summary>A certificate that another authority signed, or that names something else than is asked for, is made anew.</summary>
    public X509Certificate2 LoadOrIssue(
        string name, X509Certificate2 authority, Func<X509Certificate2, bool> fits, Func<X509Certificate2> issue)
    {
        var present = Load(name);
        return present is not null && IsSignedBy(present, authority) && fits(present) ? present : Store(name, issue());
    }

    public string LoadOrCreateText(string name, Func<string> create)
    {
        var path = Path.Combine(directory, name);
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } text)
        {
            return text;
        }

        var made = create();
        WriteSecret(path, made + "\n");
        return made;
    }

    public static void WriteSecret(string path, string text)
    {
        if (File.Exists(path) && File.ReadAllText(path) == text)
        {
            return;
        }

        var temporary = path + ".tmp";
        File.Delete(temporary);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static bool IsSignedBy(X509Certificate2 certificate, X509Certificate2 authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        return chain.Build(certificate);
    }

    private X509Certificate2? Load(string name)
    {
        var (certificatePath, keyPath) = Paths(name);
        if (!File.Exists(certificatePath) || !File.Exists(keyPath))
        {
            return null;
        }

        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
            return certificate.NotAfter.ToUniversalTime() > validUntil ? certificate : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private X509Certificate2 Store(string name, X509Certificate2 certificate)
    {
        var (certificatePath, keyPath) = Paths(name);
        using var key = certificate.GetECDsaPrivateKey() ?? throw new CryptographicException($"{name}: no private key");
        WriteSecret(keyPath, key.ExportPkcs8PrivateKeyPem() + "\n");
        WriteSecret(certificatePath, certificate.ExportCertificatePem() + "\n");
        return certificate;
    }

    private (string Certificate, string Key) Paths(string name) =>
        (Path.Combine(directory, name + ".crt"), Path.Combine(directory, name + ".key"));
}
