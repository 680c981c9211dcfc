namespace Nacelle.Runtime.Networking.PacketFilters;

/// <summary>Applies <see cref="NftRules"/> with the program nft.</summary>
internal sealed class NftFilter(string program, string rulesFile) : IPacketFilter
{
    public string Name => "nft";

    public Task ApplyAsync(PacketRules rules, CancellationToken cancellationToken) => RunAsync(NftRules.Render(rules), cancellationToken);

    public Task RemoveAsync(string bridge, CancellationToken cancellationToken) => RunAsync(NftRules.Remove(bridge), cancellationToken);

    private Task RunAsync(string rules, CancellationToken cancellationToken)
    {
        File.WriteAllText(rulesFile, rules);
        return FilterProgram.RunAsync(program, ["-f", rulesFile], cancellationToken);
    }
}
