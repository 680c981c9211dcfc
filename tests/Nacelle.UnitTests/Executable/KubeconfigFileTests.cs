using System.Net;

using Nacelle.Kubeconfigs;
using Nacelle.Pki;

using Xunit;

namespace Nacelle.UnitTests.Executable;

public sealed class KubeconfigFileTests : IDisposable
{
    private const string Other = """
        apiVersion: v1
        kind: Config
        clusters:
        - name: work
          cluster:
            server: https://work.example:6443
        contexts:
        - name: work
          context:
            cluster: work
            user: me
            namespace: team
        users:
        - name: me
          user:
            token: abc
        current-context: work
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("kubeconfig").FullName;

    private string Target => Path.Combine(_directory, "config");

    private KubeconfigFile File => new(Target, Path.Combine(_directory, "previous-context"));

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Merge_NoFileYet_MakesOneThatOnlyItsOwnerReads()
    {
        File.Merge(OurKubeconfig());

        Assert.Equal("nacelle", Read().CurrentContext);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(Target));
    }

    [Fact]
    public void Merge_ForeignEntries_KeepsThemAndBecomesCurrent()
    {
        System.IO.File.WriteAllText(Target, Other);

        File.Merge(OurKubeconfig());

        var merged = Read();
        Assert.Equal("nacelle", merged.CurrentContext);
        Assert.True(merged.HasContext("work"));
        Assert.Contains("namespace: team", System.IO.File.ReadAllText(Target), StringComparison.Ordinal);
        Assert.Contains("token: abc", System.IO.File.ReadAllText(Target), StringComparison.Ordinal);
    }

    [Fact]
    public void Merge_Twice_LeavesOneEntry()
    {
        File.Merge(OurKubeconfig());
        File.Merge(OurKubeconfig());

        Assert.Single(System.IO.File.ReadAllLines(Target), line => line.Contains("server:", StringComparison.Ordinal));
    }

    [Fact]
    public void Remove_AfterMerge_RestoresThePreviousContext()
    {
        System.IO.File.WriteAllText(Target, Other);
        File.Merge(OurKubeconfig());
        File.Merge(OurKubeconfig());

        File.Remove();

        var restored = Read();
        Assert.Equal("work", restored.CurrentContext);
        Assert.False(restored.HasContext("nacelle"));
        Assert.True(restored.HasContext("work"));
    }

    [Fact]
    public void Remove_AnotherContextCurrent_LeavesItCurrent()
    {
        System.IO.File.WriteAllText(Target, Other);
        File.Merge(OurKubeconfig());
        System.IO.File.WriteAllText(
            Target, System.IO.File.ReadAllText(Target).Replace("current-context: nacelle", "current-context: work", StringComparison.Ordinal));

        File.Remove();

        Assert.Equal("work", Read().CurrentContext);
    }

    [Theory]
    [InlineData("- a\n- b\n")]
    [InlineData("a: [\n")]
    public void Merge_NotAKubeconfig_RefusesAndLeavesItAsItIs(string text)
    {
        System.IO.File.WriteAllText(Target, text);

        Assert.Throws<FormatException>(() => File.Merge(OurKubeconfig()));
        Assert.Equal(text, System.IO.File.ReadAllText(Target));
    }

    [Fact]
    public void Merge_Link_WritesItsTargetAndKeepsTheLink()
    {
        var real = Path.Combine(_directory, "dotfiles");
        System.IO.File.WriteAllText(real, Other);
        System.IO.File.CreateSymbolicLink(Target, real);

        File.Merge(OurKubeconfig());

        Assert.NotNull(new FileInfo(Target).LinkTarget);
        Assert.Equal("nacelle", KubeconfigDocument.Parse(System.IO.File.ReadAllText(real)).CurrentContext);
    }

    private static KubeconfigDocument OurKubeconfig()
    {
        var now = DateTimeOffset.UtcNow;
        using var authority = CertificateIssuer.CreateAuthority("test", now);
        using var client = CertificateIssuer.IssueClient(authority, "kubernetes-admin", "system:masters", now);
        return KubeconfigDocument.ForNacelle(new IPEndPoint(IPAddress.Loopback, 6443), authority, client);
    }

    private KubeconfigDocument Read() => KubeconfigDocument.Parse(System.IO.File.ReadAllText(Target));
}
