using System.Runtime.InteropServices;

namespace Nacelle.Linux.Netlink;

/// <summary>struct sockaddr_nl (netlink(7)).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NetlinkAddress
{
    public ushort Family;
    public ushort Padding;
    public uint PortId;
    public uint Groups;
}
