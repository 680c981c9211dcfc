namespace Nacelle.Runtime.Networking.PacketFilters;

/// <summary>Writes the host's address translation rules: by nft, or by iptables where nft is missing.</summary>
internal interface IPacketFilter
{
    /// <summary>The program's name, for logs.</summary>
    string Name { get; }

    /// <summary>Replaces all rules of this bridge by those of the rule set, at once.</summary>
    /// <exception cref="PodNetworkException">The program refused them.</exception>
    Task ApplyAsync(PacketRules rules, CancellationToken cancellationToken);

    /// <summary>Removes all rules of this bridge; does nothing where there are none.</summary>
    Task RemoveAsync(string bridge, CancellationToken cancellationToken);
}
