using System.Runtime.InteropServices;
using System.Text;

namespace Nacelle.Linux.Netlink;

/// <summary>Reads an RTM_NEWLINK answer.</summary>
internal static class LinkReader
{
    public static Link Read(ReadOnlySpan<byte> payload)
    {
        var message = MemoryMarshal.Read<LinkMessage>(payload);
        var (name, mtu, master) = ("", 0, 0);
        string? kind = null;
        foreach (var attribute in NetlinkAttributes.Of(payload[Marshal.SizeOf<LinkMessage>()..]))
        {
            switch (attribute.Type)
            {
                case LinkAttribute.Name:
                    name = Text(attribute.Value);
                    break;
                case LinkAttribute.Mtu:
                    mtu = (int)attribute.UInt32;
                    break;
                case LinkAttribute.Master:
                    master = (int)attribute.UInt32;
                    break;
                case LinkAttribute.Info:
                    kind = Kind(attribute.Value);
                    break;
            }
        }

        return new Link(message.Index, name, mtu, master, kind, (message.Flags & 1) != 0);
    }

    private static string? Kind(ReadOnlySpan<byte> info)
    {
        foreach (var attribute in NetlinkAttributes.Of(info))
        {
            if (attribute.Type == LinkAttribute.InfoKind)
            {
                return Text(attribute.Value);
            }
        }

        return null;
    }

    private static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value.TrimEnd((byte)0));
}
