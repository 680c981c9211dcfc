using System.Net;

namespace Nacelle.Linux.Netlink;

/// <summary>An IPv4 route of the main table.</summary>
/// <param name="Destination">Where it leads; 0.0.0.0/0 for the default route.</param>
/// <param name="LinkIndex">The device it leaves by, or 0 where the route names none.</param>
public sealed record Route(IPNetwork Destination, int LinkIndex);
