using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Nacelle.Kubelet;

/// <summary>How a kubelet is set up. Paths are absolute.</summary>
public sealed record KubeletOptions
{
    /// <summary>Name of the Node object this kubelet is.</summary>
    public required string NodeName { get; init; }

    /// <summary>Kubeconfig with the address of the API server and our client certificate.</summary>
    public required string Kubeconfig { get; init; }

    /// <summary>Unix socket of the CRI runtime.</summary>
    public string CriEndpoint { get; init; } = "/run/nacelle/runtime.sock";

    /// <summary>Where the node API is served; port 0 takes a free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 10250);

    /// <summary>Certificate of the node API, with its private key.</summary>
    public required X509Certificate2 ServingCertificate { get; init; }

    /// <summary>Clients of the node API need a certificate of this authority.</summary>
    public required X509Certificate2 ClientCertificateAuthority { get; init; }

    public string StateDirectory { get; init; } = "/var/lib/nacelle/kubelet";

    public string PodLogsDirectory { get; init; } = "/var/log/pods";

    /// <summary>Parent of all Pod cgroups, from the root of each hierarchy.</summary>
    public string CgroupRoot { get; init; } = "/nacelle";

    /// <summary>False leaves the cgroups of Pods to the runtime (for runs without root).</summary>
    public bool ManageCgroups { get; init; } = true;

    /// <summary>Addresses of a cluster's DNS service; empty takes the host's resolvers.</summary>
    public ImmutableArray<string> ClusterDns { get; init; } = [];

    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>The host's resolver configuration, which Pods with dnsPolicy Default get.</summary>
    public string ResolvConf { get; init; } = "/etc/resolv.conf";

    /// <summary>The node's own address; null takes the one of the default route, else loopback.</summary>
    public IPAddress? NodeAddress { get; init; }

    /// <summary>False when somebody else keeps the Node object.</summary>
    public bool RegisterNode { get; init; } = true;

    /// <summary>Reported as the kubelet's version, for example <c>v1.36.0</c>.</summary>
    public string Version { get; init; } = "v1.36.0";

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
