namespace Nacelle.Runtime.Networking.PacketFilters;

/// <summary>Chooses the packet filter program.</summary>
internal static class PacketFilter
{
    /// <summary>nft, else iptables, else null.</summary>
    /// <param name="rulesFile">Where the rules are written before the program reads them; stays for whoever wants to look.</param>
    public static IPacketFilter? Find(string rulesFile)
    {
        if (FilterProgram.Find("nft") is { } nft)
        {
            return new NftFilter(nft, rulesFile);
        }

        return FilterProgram.Find("iptables") is { } iptables ? new IptablesFilter(iptables, rulesFile) : null;
    }
}
