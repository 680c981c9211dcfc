using System.Net;
using Nacelle.Linux.Namespaces;
using Nacelle.Linux.Netlink;

namespace Nacelle.Runtime.Networking;

/// <summary>Joins a sandbox's namespace to the bridge.</summary>
internal static class PodLink
{
    /// <summary>The pair, address, default route; both ends are up when it returns. The caller deletes the host's end when it throws.</summary>
    public static async Task ConnectAsync(string sandboxId, string netnsPath, IPAddress address, int prefixLength, IPAddress gateway, Link bridge)
    {
        var name = LinkNames.HostLink(sandboxId);
        using (var podNamespace = NetworkNamespace.Open(netnsPath))
        using (var route = new RouteNetlink())
        {
            route.AddVeth(new VethPair
            {
                Name = name,
                Master = bridge.Index,
                Mtu = bridge.Mtu,
                PeerName = LinkNames.PodLink,
                PeerAddress = LinkNames.EthernetAddress(address),
                PeerNamespace = podNamespace,
            });
            var host = route.FindLink(name) ?? throw new PodNetworkException($"network device {name} vanished while it was made");
            route.SetHairpin(host.Index);
            route.SetUp(host.Index);
        }

        await NetworkNamespace.RunAsync(netnsPath, () =>
        {
            using var route = new RouteNetlink();
            var link = route.FindLink(LinkNames.PodLink)
                ?? throw new PodNetworkException($"network device {LinkNames.PodLink} is missing in {netnsPath}");
            route.AddAddress(link.Index, address, prefixLength);
            route.SetUp(link.Index);
            route.AddDefaultRoute(link.Index, gateway);
            return true;
        }).ConfigureAwait(false);
    }
}
