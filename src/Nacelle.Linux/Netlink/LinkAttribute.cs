namespace Nacelle.Linux.Netlink;

/// <summary>Attribute numbers of link messages (linux/if_link.h, linux/veth.h).</summary>
internal static class LinkAttribute
{
    public const ushort Address = 1;
    public const ushort Name = 3;
    public const ushort Mtu = 4;
    public const ushort Master = 10;
    public const ushort ProtocolInfo = 12;
    public const ushort Info = 18;
    public const ushort NamespaceDescriptor = 28;

    public const ushort InfoKind = 1;
    public const ushort InfoData = 2;
    public const ushort VethPeer = 1;
    public const ushort BridgePortMode = 4;
}
