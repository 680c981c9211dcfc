using System.Net;
using Nacelle.Runtime.Networking;
using Nacelle.Runtime.Networking.PacketFilters;
using Xunit;

namespace Nacelle.UnitTests.Runtime.Networking;

public sealed class NftRulesTests
{
    private static readonly IPNetwork Cidr = IPNetwork.Parse("10.214.64.0/20");
    private static readonly IPAddress Pod = IPAddress.Parse("10.214.64.2");

    [Fact]
    public void Render_NoHostPorts_ReplacesTheTableAndMasqueradesOnly()
    {
        var text = NftRules.Render(new PacketRules("nacelle0", Cidr, []));

        Assert.StartsWith("add table ip nacelle0\ndelete table ip nacelle0\ntable ip nacelle0 {\n", text, StringComparison.Ordinal);
        Assert.Contains("ip saddr 10.214.64.0/20 ip daddr != 10.214.64.0/20 ip daddr != 224.0.0.0/4 oifname != \"nacelle0\" masquerade\n",
            text, StringComparison.Ordinal);
        Assert.DoesNotContain("dnat to", text, StringComparison.Ordinal);
        Assert.DoesNotContain("output", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcp", null, "fib daddr type local tcp dport 8080 dnat to 10.214.64.2:80")]
    [InlineData("udp", "127.0.0.1", "ip daddr 127.0.0.1 udp dport 8080 dnat to 10.214.64.2:80")]
    public void Render_HostPort_LeadsToThePodFromOutsideAndFromTheHost(string protocol, string? address, string rule)
    {
        var text = NftRules.Render(new PacketRules("nacelle0", Cidr, [(new HostPort(protocol, address, 8080, 80), Pod)]));

        Assert.Equal(2, text.Split(rule + "\n").Length - 1);
        Assert.Contains("hook prerouting priority dstnat", text, StringComparison.Ordinal);
        Assert.Contains("hook output priority -100", text, StringComparison.Ordinal);
    }

    [Fact]
    public void IptablesRender_HostPort_SaysTheSame()
    {
        var text = IptablesRules.Render(new PacketRules("nacelle0", Cidr, [(new HostPort("tcp", null, 8080, 80), Pod)]));

        Assert.Contains("-A NCL-D-nacelle0 -m addrtype --dst-type LOCAL -p tcp --dport 8080 -j DNAT --to-destination 10.214.64.2:80\n",
            text, StringComparison.Ordinal);
        Assert.Contains("-A NCL-S-nacelle0 -s 10.214.64.0/20 ! -d 10.214.64.0/20 ! -o nacelle0 -j MASQUERADE\n", text, StringComparison.Ordinal);
        Assert.EndsWith("COMMIT\n", text, StringComparison.Ordinal);
    }
}
