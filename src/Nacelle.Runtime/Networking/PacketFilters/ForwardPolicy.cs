namespace Nacelle.Runtime.Networking.PacketFilters;

/// <summary>
/// Docker, ufw and others set the policy of iptables' FORWARD chain to DROP. No rule of an own table can overrule that, so the bridge's traffic
/// is accepted in that very chain; where the policy is ACCEPT, nothing is touched.
/// </summary>
/// <param name="iptables">The program's path, or null where iptables is missing (then nobody set such a policy with it).</param>
internal sealed class ForwardPolicy(string? iptables)
{
    /// <summary>Accepts what comes from or goes to the bridge, if FORWARD drops by default.</summary>
    /// <exception cref="PodNetworkException">iptables refused the rules.</exception>
    public async Task OpenAsync(string bridge, CancellationToken cancellationToken)
    {
        if (iptables is null || !await DropsAsync(iptables, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        foreach (var rule in Rules(bridge))
        {
            if (!await FilterProgram.TryAsync(iptables, ["-w", "-C", "FORWARD", .. rule], cancellationToken).ConfigureAwait(false))
            {
                await FilterProgram.RunAsync(iptables, ["-w", "-I", "FORWARD", .. rule], cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Removes the rules; does nothing where there are none.</summary>
    public async Task CloseAsync(string bridge, CancellationToken cancellationToken)
    {
        if (iptables is null)
        {
            return;
        }

        foreach (var rule in Rules(bridge))
        {
            await FilterProgram.TryAsync(iptables, ["-w", "-D", "FORWARD", .. rule], cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<bool> DropsAsync(string iptables, CancellationToken cancellationToken)
    {
        var rules = await FilterProgram.ReadAsync(iptables, ["-w", "-S", "FORWARD"], cancellationToken).ConfigureAwait(false);
        return rules.StartsWith("-P FORWARD DROP", StringComparison.Ordinal);
    }

    private static string[][] Rules(string bridge) => [["-i", bridge, "-j", "ACCEPT"], ["-o", bridge, "-j", "ACCEPT"]];
}
