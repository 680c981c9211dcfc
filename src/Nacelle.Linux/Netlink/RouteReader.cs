using System.Net;
using System.Runtime.InteropServices;

namespace Nacelle.Linux.Netlink;

/// <summary>Reads an RTM_NEWROUTE answer.</summary>
internal static class RouteReader
{
    private const byte MainTable = 254;

    /// <summary>The route, or null where it stands in another table than main.</summary>
    public static Route? Read(ReadOnlySpan<byte> payload)
    {
        var message = MemoryMarshal.Read<RouteMessage>(payload);
        if (message.Table != MainTable)
        {
            return null;
        }

        var (destination, link) = (IPAddress.Any, 0);
        foreach (var attribute in NetlinkAttributes.Of(payload[Marshal.SizeOf<RouteMessage>()..]))
        {
            switch (attribute.Type)
            {
                case RouteAttribute.Destination:
                    destination = new IPAddress(attribute.Value);
                    break;
                case RouteAttribute.OutLink:
                    link = (int)attribute.UInt32;
                    break;
            }
        }

        return new Route(new IPNetwork(destination, message.DestinationLength), link);
    }
}
