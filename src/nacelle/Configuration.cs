using System.Net;

namespace Nacelle;

/// <summary>What the command line decides, for all parts; the defaults are those of one installation on a machine.</summary>
internal sealed record Configuration
{
    public required string StateDirectory { get; init; }

    public required string RunDirectory { get; init; }

    public required IPEndPoint Listen { get; init; }

    public required IPEndPoint KubeletListen { get; init; }

    public required string NodeName { get; init; }

    public required string CgroupRoot { get; init; }

    public required string PodLogsDirectory { get; init; }

    public required string Bridge { get; init; }

    public required IPNetwork PodCidr { get; init; }

    /// <summary>Registry host → addresses that are asked before it.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<Uri>> RegistryMirrors { get; init; }

    public required string? OciRuntime { get; init; }

    public required string? Conmon { get; init; }

    public required bool Verbose { get; init; }

    /// <summary>For a kubelet or controllers that join another API server; null: our own of the state directory.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>For a kubelet on another runtime; null: our own of the run directory.</summary>
    public string? CriEndpoint { get; init; }

    public string PkiDirectory => Path.Combine(StateDirectory, "pki");

    public string ApiSocket => Path.Combine(RunDirectory, "nacelle.sock");

    public string RuntimeSocket => CriEndpoint ?? Path.Combine(RunDirectory, "runtime.sock");
}
