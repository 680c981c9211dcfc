namespace Nacelle.Runtime.Networking.PacketFilters;

/// <summary>Applies <see cref="IptablesRules"/> with the programs iptables and iptables-restore.</summary>
internal sealed class IptablesFilter(string program, string rulesFile) : IPacketFilter
{
    public string Name => "iptables";

    public async Task ApplyAsync(PacketRules rules, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(rulesFile, IptablesRules.Render(rules), cancellationToken).ConfigureAwait(false);
        await FilterProgram.RunAsync(program + "-restore", ["--noflush", "--wait=10", rulesFile], cancellationToken).ConfigureAwait(false);
        foreach (var jump in IptablesRules.Jumps(rules.Bridge))
        {
            if (!await FilterProgram.TryAsync(program, jump.Arguments("-C"), cancellationToken).ConfigureAwait(false))
            {
                await FilterProgram.RunAsync(program, jump.Arguments("-A"), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public async Task RemoveAsync(string bridge, CancellationToken cancellationToken)
    {
        foreach (var jump in IptablesRules.Jumps(bridge))
        {
            await FilterProgram.TryAsync(program, jump.Arguments("-D"), cancellationToken).ConfigureAwait(false);
        }

        foreach (var (table, chain) in IptablesRules.Jumps(bridge).Select(jump => (jump.Table, jump.Target)).Distinct())
        {
            await FilterProgram.TryAsync(program, ["-w", "-t", table, "-F", chain], cancellationToken).ConfigureAwait(false);
            await FilterProgram.TryAsync(program, ["-w", "-t", table, "-X", chain], cancellationToken).ConfigureAwait(false);
        }
    }
}
