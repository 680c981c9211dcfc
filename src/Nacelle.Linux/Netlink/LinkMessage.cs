using System.Runtime.InteropServices;

namespace Nacelle.Linux.Netlink;

/// <summary>struct ifinfomsg of rtnetlink(7).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LinkMessage
{
    public byte Family;
    public byte Padding;
    public ushort Type;
    public int Index;
    public uint Flags;
    public uint Change;
}
