using k8s.Models;
using Nacelle.Kubelet.PodFiles;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.PodFiles;

public sealed class HostsFileTests
{
    private readonly V1Pod _pod = new() { Spec = new V1PodSpec() };

    [Fact]
    public void Managed_OneAddress_EndsWithThePodsLine() => Assert.Equal(
        """
        # Kubernetes-managed hosts file.
        127.0.0.1	localhost
        ::1	localhost ip6-localhost ip6-loopback
        fe00::0	ip6-localnet
        fe00::0	ip6-mcastprefix
        fe00::1	ip6-allnodes
        fe00::2	ip6-allrouters
        10.0.0.2	nginx

        """,
        HostsFile.Managed(_pod, ["10.0.0.2"], "nginx", ""));

    [Fact]
    public void Managed_DomainAndAliases_AreAppended()
    {
        _pod.Spec.HostAliases = [new V1HostAlias { Ip = "127.0.0.1", Hostnames = ["foo.local", "bar.local"] }, new V1HostAlias { Ip = "10.1.2.3", Hostnames = ["x"] }];

        Assert.EndsWith(
            "fe00::2\tip6-allrouters\n10.0.0.2\tp.sub.ns.svc.cluster.local\tp\nfd00::2\tp.sub.ns.svc.cluster.local\tp\n\n"
            + "# Entries added by HostAliases.\n127.0.0.1\tfoo.local\tbar.local\n10.1.2.3\tx\n",
            HostsFile.Managed(_pod, ["10.0.0.2", "fd00::2"], "p", "sub.ns.svc.cluster.local"), StringComparison.Ordinal);
    }

    [Fact]
    public void OfHostNetwork_HostsFile_IsCopiedUnderAHeading() =>
        Assert.Equal("# Kubernetes-managed hosts file (host network).\n127.0.0.1 localhost\n", HostsFile.OfHostNetwork(_pod, "127.0.0.1 localhost\n"));
}
