namespace Nacelle.Linux.Netlink;

/// <summary>A network device as RTM_GETLINK tells it.</summary>
/// <param name="Index">Its index, unique in its network namespace.</param>
/// <param name="Name">Its name, at most 15 characters.</param>
/// <param name="Mtu">The largest packet it carries, in bytes.</param>
/// <param name="Master">The index of the bridge it belongs to, or 0.</param>
/// <param name="Kind">The driver's kind (<c>bridge</c>, <c>veth</c>), or null for a hardware device.</param>
/// <param name="IsUp">Whether it was set up (IFF_UP).</param>
public sealed record Link(int Index, string Name, int Mtu, int Master, string? Kind, bool IsUp);
