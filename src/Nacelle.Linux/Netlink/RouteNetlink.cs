using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Nacelle.Linux.Netlink;

/// <summary>
/// The rtnetlink requests that a Pod network needs (rtnetlink(7)), each one system call long. The client acts in the network namespace of
/// the thread that opened it. Every method throws <see cref="NetlinkException"/> with the kernel's errno. Not for use by two threads at a time.
/// </summary>
public sealed class RouteNetlink : IDisposable
{
    private const ushort NewLink = 16, DeleteLinkType = 17, GetLink = 18, SetLink = 19, NewAddress = 20, NewRoute = 24, GetRoute = 26;
    private const ushort Request = 1, Ack = 4, Dump = 0x300, Exclusive = 0x200, Create = 0x400;
    private const uint FlagUp = 1;
    private const byte FamilyBridge = 7;
    private readonly NetlinkSocket _socket = new();

    /// <summary>The device of this name, or null.</summary>
    public Link? FindLink(string name)
    {
        Link? link = null;
        var request = new NetlinkRequest(GetLink, Request | Ack).Fixed(new LinkMessage()).Attribute(LinkAttribute.Name, name);
        try
        {
            _socket.Execute($"get link {name}", request, (_, payload) => link = LinkReader.Read(payload));
        }
        catch (NetlinkException e) when (e.Errno == Errno.ENODEV)
        {
            return null;
        }

        return link;
    }

    /// <summary>All devices of the namespace.</summary>
    public IReadOnlyList<Link> ListLinks()
    {
        var links = new List<Link>();
        _socket.Execute("list links", new NetlinkRequest(GetLink, Request | Dump).Fixed(new LinkMessage()),
            (_, payload) => links.Add(LinkReader.Read(payload)));
        return links;
    }

    /// <summary>Makes a bridge with a fixed Ethernet address (else it would change with its ports); it is left down.</summary>
    public void AddBridge(string name, PhysicalAddress address, int mtu)
    {
        var request = new NetlinkRequest(NewLink, Request | Ack | Create | Exclusive).Fixed(new LinkMessage())
            .Attribute(LinkAttribute.Name, name)
            .Attribute(LinkAttribute.Address, address.GetAddressBytes())
            .Attribute(LinkAttribute.Mtu, (uint)mtu);
        var info = request.BeginNest(LinkAttribute.Info);
        request.Attribute(LinkAttribute.InfoKind, "bridge");
        request.EndNest(info);
        _socket.Execute($"add bridge {name}", request);
    }

    /// <summary>Makes a veth pair, its peer directly in the other namespace; both ends are left down.</summary>
    public void AddVeth(VethPair pair)
    {
        var request = new NetlinkRequest(NewLink, Request | Ack | Create | Exclusive).Fixed(new LinkMessage())
            .Attribute(LinkAttribute.Name, pair.Name)
            .Attribute(LinkAttribute.Mtu, (uint)pair.Mtu)
            .Attribute(LinkAttribute.Master, (uint)pair.Master);
        var info = request.BeginNest(LinkAttribute.Info);
        request.Attribute(LinkAttribute.InfoKind, "veth");
        var data = request.BeginNest(LinkAttribute.InfoData);
        var peer = request.BeginNest(LinkAttribute.VethPeer);
        request.Fixed(new LinkMessage())
            .Attribute(LinkAttribute.Name, pair.PeerName)
            .Attribute(LinkAttribute.Mtu, (uint)pair.Mtu)
            .Attribute(LinkAttribute.Address, pair.PeerAddress.GetAddressBytes())
            .Attribute(LinkAttribute.NamespaceDescriptor, (uint)pair.PeerNamespace.Number);
        request.EndNest(peer);
        request.EndNest(data);
        request.EndNest(info);
        _socket.Execute($"add veth {pair.Name}", request);
    }

    /// <summary>Sets a device up (IFF_UP).</summary>
    public void SetUp(int index) =>
        _socket.Execute($"set link {index} up",
            new NetlinkRequest(SetLink, Request | Ack).Fixed(new LinkMessage { Index = index, Flags = FlagUp, Change = FlagUp }));

    /// <summary>Lets a bridge port send a frame back where it came from, so that a Pod reaches itself through its host port.</summary>
    public void SetHairpin(int index)
    {
        var request = new NetlinkRequest(SetLink, Request | Ack).Fixed(new LinkMessage { Family = FamilyBridge, Index = index });
        var port = request.BeginNest(LinkAttribute.ProtocolInfo);
        request.Attribute(LinkAttribute.BridgePortMode, [1]);
        request.EndNest(port);
        _socket.Execute($"set hairpin of link {index}", request);
    }

    /// <summary>Deletes a device (a veth takes its peer along). Costs 13 to 31 ms for a veth: the kernel waits for readers.</summary>
    public void DeleteLink(int index) =>
        _socket.Execute($"delete link {index}", new NetlinkRequest(DeleteLinkType, Request | Ack).Fixed(new LinkMessage { Index = index }));

    /// <summary>Gives a device an address; the kernel adds the route of its subnet once the device is up.</summary>
    public void AddAddress(int index, IPAddress address, int prefixLength)
    {
        var bytes = address.GetAddressBytes();
        var request = new NetlinkRequest(NewAddress, Request | Ack | Create | Exclusive)
            .Fixed(new AddressMessage { Family = (byte)Family(address), PrefixLength = (byte)prefixLength, Index = index })
            .Attribute(RouteAttribute.InterfaceLocal, bytes)
            .Attribute(RouteAttribute.InterfaceAddress, bytes);
        _socket.Execute($"add address {address}/{prefixLength}", request);
    }

    /// <summary>Adds the default route of the gateway's address family.</summary>
    public void AddDefaultRoute(int index, IPAddress gateway)
    {
        const byte mainTable = 254, protocolBoot = 3, typeUnicast = 1;
        var request = new NetlinkRequest(NewRoute, Request | Ack | Create | Exclusive)
            .Fixed(new RouteMessage { Family = (byte)Family(gateway), Table = mainTable, Protocol = protocolBoot, Type = typeUnicast })
            .Attribute(RouteAttribute.Gateway, gateway.GetAddressBytes())
            .Attribute(RouteAttribute.OutLink, (uint)index);
        _socket.Execute($"add default route via {gateway}", request);
    }

    /// <summary>The IPv4 routes of the main table.</summary>
    public IReadOnlyList<Route> ListRoutes()
    {
        var routes = new List<Route>();
        var request = new NetlinkRequest(GetRoute, Request | Dump).Fixed(new RouteMessage { Family = (byte)Family(IPAddress.Any) });
        _socket.Execute("list routes", request, (_, payload) =>
        {
            if (RouteReader.Read(payload) is { } route)
            {
                routes.Add(route);
            }
        });
        return routes;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static int Family(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? 10 : 2;
}
