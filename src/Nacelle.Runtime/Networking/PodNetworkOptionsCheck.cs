using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Nacelle.Runtime.Networking;

/// <summary>Refuses options that would end in a rule set or a device name of another meaning.</summary>
internal static partial class PodNetworkOptionsCheck
{
    /// <exception cref="PodNetworkException">With the option at fault.</exception>
    public static void ThrowIfInvalid(PodNetworkOptions options)
    {
        if (!BridgeName().IsMatch(options.Bridge))
        {
            throw new PodNetworkException($"bridge name \"{options.Bridge}\": a letter, then at most 14 letters, digits, '-', '_'");
        }

        if (options.PodCidr.BaseAddress.AddressFamily != AddressFamily.InterNetwork || options.PodCidr.PrefixLength is < 8 or > 29)
        {
            throw new PodNetworkException($"Pod CIDR {options.PodCidr}: an IPv4 network from /8 to /29 is needed");
        }
    }

    [GeneratedRegex("^[a-zA-Z][a-zA-Z0-9_-]{0,14}$")]
    private static partial Regex BridgeName();
}
