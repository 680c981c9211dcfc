using k8s.Models;
using Nacelle.Kubelet.PodFiles;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.PodFiles;

public sealed class PodDnsTests
{
    private static readonly ResolverFile Host = ResolverFile.Parse("# host\nnameserver 192.0.2.53\nsearch old.example\nsearch example.org. lan\noptions edns0 timeout:2 edns0 ; x\n");
    private static readonly ClusterDns Cluster = new(["10.96.0.10"], "cluster.local");
    private static readonly ClusterDns NoCluster = new([], "cluster.local");

    [Theory]
    [InlineData("Default", false, true, "192.0.2.53|example.org lan|edns0 timeout:2")]
    [InlineData("None", false, true, "||")]
    [InlineData("ClusterFirst", false, true, "10.96.0.10|ns.svc.cluster.local svc.cluster.local cluster.local example.org lan|ndots:5")]
    [InlineData("ClusterFirst", true, true, "192.0.2.53|example.org lan|edns0 timeout:2")]
    [InlineData("ClusterFirstWithHostNet", true, true, "10.96.0.10|ns.svc.cluster.local svc.cluster.local cluster.local example.org lan|ndots:5")]
    [InlineData("ClusterFirst", false, false, "192.0.2.53|example.org lan|edns0 timeout:2")]
    [InlineData(null, false, false, "192.0.2.53|example.org lan|edns0 timeout:2")]
    public void Of_Policy_Chooses(string? policy, bool hostNetwork, bool hasCluster, string expected) =>
        Assert.Equal(expected, Text(PodDns.Of(Pod(policy, hostNetwork), Host, hasCluster ? Cluster : NoCluster)));

    [Fact]
    public void Of_NoClusterDns_SaysSo()
    {
        var warning = Assert.Single(PodDns.Of(Pod("ClusterFirst", false), Host, NoCluster).Warnings);

        Assert.Equal("MissingClusterDNS", warning.Reason);
        Assert.Equal("pod: \"p_ns(u)\". kubelet does not have ClusterDNS IP configured and cannot create Pod using \"ClusterFirst\" policy. "
            + "Falling back to \"Default\" policy.", warning.Message);
        Assert.Empty(PodDns.Of(Pod("Default", false), Host, NoCluster).Warnings);
    }

    [Fact]
    public void Of_DnsConfig_AddsServersAndSearchesAndOverridesOptionsByName()
    {
        var pod = Pod("Default", false);
        pod.Spec.DnsConfig = new V1PodDNSConfig
        {
            Nameservers = ["192.0.2.1", "192.0.2.53"],
            Searches = ["lan", "more"],
            Options = [new V1PodDNSConfigOption { Name = "timeout", Value = "9" }, new V1PodDNSConfigOption { Name = "rotate" }],
        };

        Assert.Equal("192.0.2.53 192.0.2.1|example.org lan more|edns0 timeout:9 rotate", Text(PodDns.Of(pod, Host, NoCluster)));
    }

    [Fact]
    public void Of_TooMany_AreLeftOutWithAWarning()
    {
        var pod = Pod("None", false);
        pod.Spec.DnsConfig = new V1PodDNSConfig
        {
            Nameservers = ["1.1.1.1", "2.2.2.2", "3.3.3.3", "4.4.4.4"],
            Searches = [.. Enumerable.Range(0, 33).Select(i => $"s{i}")],
        };
        var outcome = PodDns.Of(pod, Host, NoCluster);

        Assert.Equal(["1.1.1.1", "2.2.2.2", "3.3.3.3"], outcome.Config.Servers);
        Assert.Equal(32, outcome.Config.Searches.Count);
        Assert.Equal("Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: 1.1.1.1 2.2.2.2 3.3.3.3",
            outcome.Warnings[0].Message);
        Assert.StartsWith("Search Line limits were exceeded, some search paths have been omitted, the applied search line is: s0 s1",
            outcome.Warnings[1].Message, StringComparison.Ordinal);
        Assert.All(outcome.Warnings, warning => Assert.Equal("DNSConfigForming", warning.Reason));
    }

    [Theory]
    [InlineData("nameserver 127.0.0.53\n", "192.0.2.53")]
    [InlineData("nameserver 127.0.0.1\nnameserver 192.0.2.1\n", "127.0.0.1 192.0.2.1")]
    [InlineData("nameserver 192.0.2.1\n", "192.0.2.1")]
    public void OfHost_LoopbackResolverOnly_GivesTheServersBehindIt(string own, string expected)
    {
        var directory = Directory.CreateTempSubdirectory("resolv-").FullName;
        var (path, upstream) = (Path.Combine(directory, "resolv.conf"), Path.Combine(directory, "upstream"));
        File.WriteAllText(path, own);
        File.WriteAllText(upstream, "nameserver 192.0.2.53\n");

        Assert.Equal(expected, string.Join(' ', ResolverFile.OfHost(path, upstream).Nameservers));
        Directory.Delete(directory, recursive: true);
    }

    private static V1Pod Pod(string? policy, bool hostNetwork) => new()
    {
        Metadata = new V1ObjectMeta { Name = "p", NamespaceProperty = "ns", Uid = "u" },
        Spec = new V1PodSpec { DnsPolicy = policy, HostNetwork = hostNetwork },
    };

    private static string Text(DnsOutcome outcome) =>
        $"{string.Join(' ', outcome.Config.Servers)}|{string.Join(' ', outcome.Config.Searches)}|{string.Join(' ', outcome.Config.Options)}";
}
