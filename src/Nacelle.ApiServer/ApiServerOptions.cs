using System.Net;
using System.Security.Cryptography.X509Certificates;
using Nacelle.ApiServer.Security;

namespace Nacelle.ApiServer;

/// <summary>What the API server needs to run; certificates and tokens are made by whoever composes it.</summary>
public sealed record ApiServerOptions
{
    /// <summary>Where the objects live; made if absent (0700).</summary>
    public string StateDirectory { get; init; } = "/var/lib/nacelle/apiserver";

    /// <summary>HTTPS address; null for none. Port 0 takes a free one.</summary>
    public IPEndPoint? Listen { get; init; } = new(IPAddress.Loopback, 6443);

    /// <summary>Unix socket (made 0600) whose callers are administrators; null for none.</summary>
    public string? UnixSocketPath { get; init; } = "/run/nacelle/nacelle.sock";

    /// <summary>Certificate with private key for <see cref="Listen"/>.</summary>
    public X509Certificate2? ServingCertificate { get; init; }

    /// <summary>Authority whose client certificates name users (CN) and groups (O); null accepts none.</summary>
    public X509Certificate2? ClientCertificateAuthority { get; init; }

    /// <summary>Bearer tokens and who they stand for.</summary>
    public IReadOnlyDictionary<string, UserInfo> Tokens { get; init; } = new Dictionary<string, UserInfo>();

    /// <summary>Client certificate with private key that this server shows to a kubelet; null for none.</summary>
    public X509Certificate2? KubeletClientCertificate { get; init; }

    /// <summary>Authority that must have signed a kubelet's serving certificate; null refuses every kubelet.</summary>
    public X509Certificate2? KubeletAuthority { get; init; }

    /// <summary>Nacelle's own version, shown behind the Kubernetes one.</summary>
    public string Version { get; init; } = "0.1.0";

    /// <summary>How long old revisions stay readable (continued lists, watches from the past).</summary>
    public TimeSpan KeepRevisions { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Clock of the server.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
