namespace Nacelle.Linux.Netlink;

/// <summary>Attribute numbers of address and route messages (linux/if_addr.h, linux/rtnetlink.h).</summary>
internal static class RouteAttribute
{
    public const ushort InterfaceAddress = 1;
    public const ushort InterfaceLocal = 2;

    public const ushort Destination = 1;
    public const ushort OutLink = 4;
    public const ushort Gateway = 5;
}
