using System.Runtime.InteropServices;

namespace Nacelle.Linux.Netlink;

/// <summary>struct ifaddrmsg of rtnetlink(7).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AddressMessage
{
    public byte Family;
    public byte PrefixLength;
    public byte Flags;
    public byte Scope;
    public int Index;
}
