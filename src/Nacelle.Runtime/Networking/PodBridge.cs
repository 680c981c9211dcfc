using System.Buffers.Binary;
using System.Net;
using Nacelle.Linux;
using Nacelle.Linux.Netlink;

namespace Nacelle.Runtime.Networking;

/// <summary>The bridge of the Pods and what the host needs to route for it. Its methods may be repeated; they make only what is missing.</summary>
internal sealed class PodBridge
{
    private readonly string _name;
    private readonly IPNetwork _cidr;

    public PodBridge(string name, IPNetwork cidr)
    {
        _name = name;
        _cidr = cidr;
        var bytes = cidr.BaseAddress.GetAddressBytes();
        BinaryPrimitives.WriteUInt32BigEndian(bytes, BinaryPrimitives.ReadUInt32BigEndian(bytes) + 1);
        Gateway = new IPAddress(bytes);
    }

    /// <summary>The bridge's own address and the Pods' default route: the first of the CIDR.</summary>
    public IPAddress Gateway { get; }

    /// <summary>The bridge, if it exists and is up.</summary>
    public Link? Find(RouteNetlink route) => route.FindLink(_name) is { IsUp: true } link ? link : null;

    /// <summary>Makes the bridge, its address and the host's forwarding.</summary>
    /// <exception cref="PodNetworkException">The name or the addresses are taken by something else.</exception>
    public Link Ensure(RouteNetlink route)
    {
        var link = route.FindLink(_name);
        if (link is null)
        {
            RefuseOverlap(route, 0);
            route.AddBridge(_name, LinkNames.EthernetAddress(Gateway), MtuOfDefaultRoute(route));
            link = route.FindLink(_name) ?? throw new PodNetworkException($"bridge {_name} vanished while it was made");
        }
        else if (link.Kind != "bridge")
        {
            throw new PodNetworkException($"network device {_name} exists and is not a bridge; choose another bridge name");
        }

        RefuseOverlap(route, link.Index);
        AddAddress(route, link);
        // Pods are no routers: a router advertisement from one must not change the host's routes.
        SetForInterface("ipv6", "accept_ra", "0");
        SetForInterface("ipv4", "forwarding", "1");
        route.SetUp(link.Index);
        EnableForwarding();
        return link;
    }

    /// <summary>Lets connections from 127.0.0.1 leave through the bridge, for host ports; the packet filter guards the way back.</summary>
    public void AllowLoopback() => SetForInterface("ipv4", "route_localnet", "1");

    /// <summary>Deletes the bridge; true if there was one.</summary>
    public bool Delete(RouteNetlink route)
    {
        if (route.FindLink(_name) is not { Kind: "bridge" } link)
        {
            return false;
        }

        route.DeleteLink(link.Index);
        return true;
    }

    private void AddAddress(RouteNetlink route, Link link)
    {
        try
        {
            route.AddAddress(link.Index, Gateway, _cidr.PrefixLength);
        }
        catch (NetlinkException e) when (e.Errno == Errno.EEXIST)
        {
            // from an earlier run
        }
    }

    // A wider route of somebody else goes on working around ours; one inside the Pods' range would take Pods' traffic away.
    private void RefuseOverlap(RouteNetlink route, int ownIndex)
    {
        foreach (var other in route.ListRoutes())
        {
            if (other.LinkIndex != ownIndex && other.Destination.PrefixLength >= _cidr.PrefixLength && _cidr.Contains(other.Destination.BaseAddress))
            {
                throw new PodNetworkException(
                    $"Pod CIDR {_cidr} overlaps the route {other.Destination} of another network device; choose another Pod CIDR");
            }
        }
    }

    private static int MtuOfDefaultRoute(RouteNetlink route)
    {
        const int ethernet = 1500;
        var index = route.ListRoutes().FirstOrDefault(r => r.Destination.PrefixLength == 0)?.LinkIndex ?? 0;
        return index == 0 ? ethernet : route.ListLinks().FirstOrDefault(l => l.Index == index)?.Mtu ?? ethernet;
    }

    private void SetForInterface(string family, string name, string value)
    {
        var file = $"/proc/sys/net/{family}/conf/{_name}/{name}";
        if (File.Exists(file)) // absent where the kernel has no IPv6
        {
            File.WriteAllText(file, value);
        }
    }

    private static void EnableForwarding()
    {
        const string file = "/proc/sys/net/ipv4/ip_forward";
        if (File.ReadAllText(file).Trim() != "1")
        {
            File.WriteAllText(file, "1");
        }
    }
}
