using System.Net.NetworkInformation;

namespace Nacelle.Linux.Netlink;

/// <summary>A pair of joined Ethernet devices: one here, its peer in another network namespace from the start.</summary>
public sealed record VethPair
{
    /// <summary>The name of the end that stays here, at most 15 characters.</summary>
    public required string Name { get; init; }

    /// <summary>The index of the bridge that the end here joins.</summary>
    public required int Master { get; init; }

    /// <summary>The largest packet both ends carry, in bytes.</summary>
    public required int Mtu { get; init; }

    /// <summary>The name of the peer in its namespace.</summary>
    public required string PeerName { get; init; }

    /// <summary>The peer's Ethernet address.</summary>
    public required PhysicalAddress PeerAddress { get; init; }

    /// <summary>An open descriptor of the network namespace that gets the peer.</summary>
    public required FileDescriptor PeerNamespace { get; init; }
}
