using System.Globalization;
using System.Text;

namespace Nacelle.Runtime.Networking.PacketFilters;

/// <summary>
/// The same rules as <see cref="NftRules"/> for iptables-restore --noflush: own chains, emptied and filled in one step a table. The jumps from
/// the built-in chains are apart (<see cref="Jumps"/>), because restore cannot say "if missing".
/// </summary>
internal static class IptablesRules
{
    /// <summary>A jump from a built-in chain: the arguments after <c>-A</c>, <c>-C</c> or <c>-D</c>.</summary>
    public sealed record Jump(string Table, string Chain, string Target)
    {
        public string[] Arguments(string action) => ["-w", "-t", Table, action, Chain, "-j", Target];
    }

    public static IReadOnlyList<Jump> Jumps(string bridge) =>
    [
        new("raw", "PREROUTING", $"NCL-G-{bridge}"),
        new("nat", "PREROUTING", $"NCL-D-{bridge}"),
        new("nat", "OUTPUT", $"NCL-D-{bridge}"),
        new("nat", "POSTROUTING", $"NCL-S-{bridge}"),
    ];

    public static string Render(PacketRules rules)
    {
        var (bridge, cidr) = (rules.Bridge, rules.PodCidr);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            *raw
            :NCL-G-{bridge} - [0:0]
            -A NCL-G-{bridge} -i {bridge} -d 127.0.0.0/8 -j DROP
            COMMIT
            *nat
            :NCL-D-{bridge} - [0:0]
            :NCL-S-{bridge} - [0:0]
            -A NCL-S-{bridge} -s {cidr} -d 224.0.0.0/4 -j RETURN
            -A NCL-S-{bridge} -s {cidr} ! -d {cidr} ! -o {bridge} -j MASQUERADE
            -A NCL-S-{bridge} -s {cidr} -d {cidr} -m conntrack --ctstate DNAT -j MASQUERADE
            -A NCL-S-{bridge} -s 127.0.0.0/8 -o {bridge} -j MASQUERADE

            """);
        foreach (var (port, pod) in rules.HostPorts)
        {
            var destination = port.HostAddress is { } address ? $"-d {address}" : "-m addrtype --dst-type LOCAL";
            text.Append(CultureInfo.InvariantCulture,
                $"-A NCL-D-{bridge} {destination} -p {port.Protocol} --dport {port.Port} -j DNAT --to-destination {pod}:{port.PodPort}\n");
        }

        return text.Append("COMMIT\n").ToString();
    }
}
