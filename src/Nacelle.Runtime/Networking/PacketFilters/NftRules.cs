using System.Globalization;
using System.Net;
using System.Text;

namespace Nacelle.Runtime.Networking.PacketFilters;

/// <summary>
/// The rule set as nft reads it: one own table, named as the bridge, replaced in one transaction.
/// - postrouting: what leaves the Pods' range gets the host's address; so does what was led to a host port from a Pod (the answer must come
///   back the same way) or from the host's loopback (127.0.0.1 means something else inside the Pod).
/// - prerouting and output: host ports.
/// - guard: host ports on loopback need route_localnet on the bridge; nothing a Pod sends may use that to reach services on 127.0.0.0/8.
/// </summary>
internal static class NftRules
{
    public static string Render(PacketRules rules)
    {
        var (bridge, cidr) = (rules.Bridge, rules.PodCidr);
        var text = new StringBuilder(Remove(bridge));
        text.Append(CultureInfo.InvariantCulture, $$"""
            table ip {{bridge}} {
              chain guard {
                type filter hook prerouting priority raw; policy accept;
                iifname "{{bridge}}" ip daddr 127.0.0.0/8 drop
              }
              chain postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                ip saddr {{cidr}} ip daddr != {{cidr}} ip daddr != 224.0.0.0/4 oifname != "{{bridge}}" masquerade
                ip saddr {{cidr}} ip daddr {{cidr}} ct status dnat masquerade
                ip saddr 127.0.0.0/8 oifname "{{bridge}}" masquerade
              }

            """);
        AppendHostPorts(text, "prerouting", "prerouting priority dstnat", rules);
        AppendHostPorts(text, "output", "output priority -100", rules);
        return text.Append("}\n").ToString();
    }

    /// <summary>Adding first makes the deletion succeed where there was no table.</summary>
    public static string Remove(string bridge) => $"add table ip {bridge}\ndelete table ip {bridge}\n";

    private static void AppendHostPorts(StringBuilder text, string chain, string hook, PacketRules rules)
    {
        if (rules.HostPorts.IsEmpty)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"  chain {chain} {{\n    type nat hook {hook}; policy accept;\n");
        foreach (var (port, pod) in rules.HostPorts)
        {
            var destination = port.HostAddress is { } address ? $"ip daddr {address}" : "fib daddr type local";
            text.Append(CultureInfo.InvariantCulture, $"    {destination} {port.Protocol} dport {port.Port} dnat to {pod}:{port.PodPort}\n");
        }

        text.Append("  }\n");
    }
}
