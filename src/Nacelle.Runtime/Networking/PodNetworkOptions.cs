using System.Net;

namespace Nacelle.Runtime.Networking;

/// <summary>Where the Pods' network lives. Two networks with different bridges, CIDRs and directories run side by side.</summary>
public sealed record PodNetworkOptions
{
    /// <summary>The bridge that joins the Pods, at most 15 characters; the packet filter's table has the same name.</summary>
    public string Bridge { get; init; } = "nacelle0";

    /// <summary>
    /// The addresses of the Pods (IPv4, /8 to /29). The first one is the gateway, the bridge's own address. The default stays clear of
    /// what podman, CRI-O, kind, flannel and Docker take by default.
    /// </summary>
    public IPNetwork PodCidr { get; init; } = new(new IPAddress([10, 214, 64, 0]), 20);

    /// <summary>The directory of the address leases, one file an address.</summary>
    public string StateDirectory { get; init; } = "/var/lib/nacelle/runtime/network";
}
