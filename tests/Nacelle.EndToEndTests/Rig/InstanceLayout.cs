using Nacelle.TestSupport;

namespace Nacelle.EndToEndTests.Rig;

/// <summary>
/// The places and names that one instance has for itself, so that tests neither see each other nor a Nacelle that the machine's user runs. The directory's
/// name is short: a socket's path holds 107 bytes.
/// </summary>
public sealed class InstanceLayout
{
    private static int _count;

    private readonly IReadOnlyList<string> _engineOptions;

    /// <param name="engineOptions">More options of <c>nacelle runtime</c>.</param>
    public InstanceLayout(IReadOnlyList<string>? engineOptions = null)
    {
        _engineOptions = engineOptions ?? [];
        Id = $"{Environment.ProcessId:x}{Interlocked.Increment(ref _count):x}";
        Number = (byte)(Random.Shared.Next(256) & ~0xf);
        ApiPort = FreePort.Next();
        KubeletPort = FreePort.Next();
    }

    /// <summary>Distinguishes this instance's directory, bridge and cgroup.</summary>
    public string Id { get; }

    public string Directory => $"/tmp/nacelle-e2e-{Id}";

    public string StateDirectory => $"{Directory}/state";

    public string RunDirectory => $"{Directory}/run";

    public string PodLogsDirectory => $"{Directory}/logs";

    public string Home => $"{Directory}/home";

    public string Kubeconfig => $"{Directory}/kubeconfig";

    public string LogPath => $"{Directory}/nacelle.log";

    /// <summary>At most 15 characters.</summary>
    public string Bridge => $"ne{Id}";

    public string CgroupRoot => $"/nacelle-e2e-{Id}";

    public string PodCidr => $"10.89.{Number}.0/20";

    public string NodeName => $"box-{Id}";

    public int ApiPort { get; }

    public int KubeletPort { get; }

    private byte Number { get; }

    /// <summary>The options of <c>nacelle serve</c> and <c>nacelle down</c>: all of them.</summary>
    public IReadOnlyList<string> Options => [.. State, .. Api, .. Node, .. Engine];

    private string[] State => ["--state-dir", StateDirectory, "--run-dir", RunDirectory];

    private string[] Api => ["--listen", $"127.0.0.1:{ApiPort}", "--node-name", NodeName];

    private string[] Node => ["--kubelet-listen", $"127.0.0.1:{KubeletPort}", "--cgroup-root", CgroupRoot, "--pod-logs-dir", PodLogsDirectory];

    private string[] Engine => ["--bridge", Bridge, "--pod-cidr", PodCidr, .. Mirror, .. _engineOptions];

    /// <summary>The options that one command takes: <c>serve</c>, or one of the four parts.</summary>
    public IReadOnlyList<string> OptionsOf(string command) => command switch
    {
        "apiserver" or "controllers" => [.. State, .. Api],
        "kubelet" => [.. State, .. Api, .. Node],
        "runtime" => [.. State, .. Engine],
        _ => Options,
    };

    private static string[] Mirror
        => Environment.GetEnvironmentVariable("NACELLE_REGISTRY_MIRROR") is { Length: > 0 } mirror ? ["--registry-mirror", mirror] : [];
}
