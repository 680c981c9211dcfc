using System.Net;
using System.Security.Cryptography.X509Certificates;

using Microsoft.Extensions.Time.Testing;

using Nacelle.Pki;

using Xunit;

namespace Nacelle.UnitTests.Executable;

public sealed class PkiDirectoryTests : IDisposable
{
    private static readonly IPEndPoint Server = new(IPAddress.Loopback, 6443);

    private readonly string _directory = Directory.CreateTempSubdirectory("pki").FullName;
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Ensure_Twice_KeepsEverything()
    {
        var first = Ensure();
        var files = Directory.GetFiles(_directory).ToDictionary(f => f, File.ReadAllText);

        var second = Ensure();

        Assert.Equal(first.AdminToken, second.AdminToken);
        Assert.Equal(first.ApiServerServing.Thumbprint, second.ApiServerServing.Thumbprint);
        Assert.Equal(files, Directory.GetFiles(_directory).ToDictionary(f => f, File.ReadAllText));
    }

    [Fact]
    public void Ensure_Files_AreForTheirOwnerOnly()
    {
        Ensure();

        Assert.All(
            Directory.GetFiles(_directory).Where(f => Path.GetFileName(f) != ".lock"),
            f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f)));
    }

    [Fact]
    public void Ensure_NearTheEndOfALeaf_IssuesItAnewUnderTheSameAuthority()
    {
        var first = Ensure();
        _clock.Advance(TimeSpan.FromDays(340));

        var second = Ensure();

        Assert.NotEqual(first.ApiServerServing.Thumbprint, second.ApiServerServing.Thumbprint);
        Assert.Equal(first.Authority.Thumbprint, second.Authority.Thumbprint);
        Assert.Equal(first.AdminToken, second.AdminToken);
    }

    [Fact]
    public void Ensure_DamagedCertificate_IssuesItAnew()
    {
        Ensure();
        File.WriteAllText(Path.Combine(_directory, "kubelet.crt"), "not a certificate");

        var pki = Ensure();

        Assert.Equal("CN=system:node:node1", pki.KubeletServing.Subject);
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", File.ReadAllText(Path.Combine(_directory, "kubelet.crt")), StringComparison.Ordinal);
    }

    [Fact]
    public void Ensure_NewAuthority_IssuesAllLeavesAnew()
    {
        var first = Ensure();
        File.Delete(Path.Combine(_directory, "ca.key"));

        var second = Ensure();

        Assert.NotEqual(first.Authority.Thumbprint, second.Authority.Thumbprint);
        Assert.NotEqual(first.KubeletClient.Thumbprint, second.KubeletClient.Thumbprint);
        Assert.True(IsSignedBy(second.KubeletClient, second.Authority));
    }

    [Fact]
    public void Ensure_ServingCertificate_NamesLoopbackAndKubernetes()
    {
        var serving = Ensure().ApiServerServing;

        Assert.True(serving.MatchesHostname("127.0.0.1"));
        Assert.True(serving.MatchesHostname("kubernetes.default.svc"));
        Assert.True(IsSignedBy(serving, Ensure().Authority));
    }

    [Fact]
    public void Ensure_OtherAddressOrNode_IssuesWhatNamesThemAnew()
    {
        var first = Ensure();

        var second = PkiDirectory.Ensure(_directory, new IPEndPoint(IPAddress.Parse("192.0.2.7"), 6443), "node2", _clock);

        Assert.True(second.ApiServerServing.MatchesHostname("192.0.2.7"));
        Assert.Equal("CN=system:node:node2", second.KubeletServing.Subject);
        Assert.Equal(first.KubeletClient.Thumbprint, second.KubeletClient.Thumbprint);
        Assert.Contains("https://192.0.2.7:6443", File.ReadAllText(second.AdminKubeconfig), StringComparison.Ordinal);
    }

    private static bool IsSignedBy(X509Certificate2 certificate, X509Certificate2 authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }

    private PkiDirectory Ensure() => PkiDirectory.Ensure(_directory, Server, "node1", _clock);
}
