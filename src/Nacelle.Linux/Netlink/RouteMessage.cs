using System.Runtime.InteropServices;

namespace Nacelle.Linux.Netlink;

/// <summary>struct rtmsg of rtnetlink(7).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RouteMessage
{
    public byte Family;
    public byte DestinationLength;
    public byte SourceLength;
    public byte TypeOfService;
    public byte Table;
    public byte Protocol;
    public byte Scope;
    public byte Type;
    public uint Flags;
}
