using Runtime.V1;

namespace Nacelle.Runtime.Networking;

/// <summary>A port of the host that leads to a port of a Pod.</summary>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</param>
/// <param name="HostAddress">The host's address it is bound to, or null for all.</param>
/// <param name="Port">1 to 65535, of the host.</param>
/// <param name="PodPort">1 to 65535, of the Pod.</param>
internal sealed record HostPort(string Protocol, string? HostAddress, int Port, int PodPort)
{
    /// <summary>The mappings of a sandbox that name a host port (CRI: <c>host_port</c> 0 maps nothing).</summary>
    /// <exception cref="PodNetworkException">A port is out of range, or the host address is not IPv4.</exception>
    public static IEnumerable<HostPort> Of(PodSandboxConfig config)
    {
        foreach (var mapping in config.PortMappings)
        {
            if (mapping.HostPort != 0)
            {
                yield return Of(mapping);
            }
        }
    }

    private static HostPort Of(PortMapping mapping)
    {
        if (mapping.HostPort is < 0 or > 65535 || mapping.ContainerPort is < 1 or > 65535)
        {
            throw new PodNetworkException($"port mapping {mapping.HostPort}:{mapping.ContainerPort}: ports are 1 to 65535");
        }

        return new HostPort(ProtocolName(mapping.Protocol), Address(mapping.HostIp), mapping.HostPort, mapping.ContainerPort);
    }

    private static string ProtocolName(Protocol protocol) => protocol switch
    {
        global::Runtime.V1.Protocol.Udp => "udp",
        global::Runtime.V1.Protocol.Sctp => "sctp",
        _ => "tcp",
    };

    // The address is parsed and printed again: it becomes part of a rule set.
    private static string? Address(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        if (!System.Net.IPAddress.TryParse(text, out var address) || address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetwork)
        {
            throw new PodNetworkException($"port mapping: host address \"{text}\" is not an IPv4 address, and Pods have IPv4 only so far");
        }

        return address.Equals(System.Net.IPAddress.Any) ? null : address.ToString();
    }
}
