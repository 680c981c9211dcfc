using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Nacelle.Kubernetes.Client;
using Xunit;

namespace Nacelle.UnitTests.Kubernetes.Client;

public sealed class KubeconfigTests
{
    [Fact]
    public void Parse_CurrentContext_TakesItsClusterAndUser()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=me", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        var pem = Base64(certificate.ExportCertificatePem());
        var text = $"""
            current-context: two
            contexts:
            - name: one
              context: {'{'}cluster: none, user: none{'}'}
            - name: two
              context: {'{'}cluster: c, user: u{'}'}
            clusters:
            - name: c
              cluster: {'{'}server: 'https://127.0.0.1:6443', certificate-authority-data: {pem}{'}'}
            users:
            - name: u
              user: {'{'}client-certificate-data: {pem}, client-key-data: {Base64(key.ExportPkcs8PrivateKeyPem())}{'}'}
            """;

        var config = Kubeconfig.Parse(new StringReader(text), "/");

        Assert.Equal("https://127.0.0.1:6443/", config.Server.ToString());
        Assert.Equal("CN=me", config.CertificateAuthority!.Subject);
        Assert.True(config.ClientCertificate!.HasPrivateKey);
        Assert.Null(config.Token);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("a: b", "no current-context")]
    [InlineData("current-context: x", "no entry \"x\" in contexts")]
    public void Parse_SomethingMissing_SaysWhat(string text, string message) =>
        Assert.Equal(message, Assert.Throws<KubeconfigException>(() => Kubeconfig.Parse(new StringReader(text), "/")).Message);

    [Fact]
    public void Load_NoSuchFile_NamesIt() =>
        Assert.StartsWith(
            "cannot read kubeconfig /nonexistent/config: ",
            Assert.Throws<KubeconfigException>(() => Kubeconfig.Load("/nonexistent/config")).Message,
            StringComparison.Ordinal);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
