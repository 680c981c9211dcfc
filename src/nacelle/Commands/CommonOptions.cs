using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;

namespace Nacelle.Commands;

/// <summary>The options that the parts share. One instance serves one command tree; each command adds the options it reads.</summary>
internal sealed class CommonOptions
{
    public Option<string> StateDirectory { get; } = Text("--state-dir", "DIR", "Objects, keys, images and containers.", "/var/lib/nacelle");

    public Option<string> RunDirectory { get; } = Text("--run-dir", "DIR", "Sockets and namespaces.", "/run/nacelle");

    public Option<IPEndPoint> Listen { get; } = EndPoint("--listen", "Where the Kubernetes API is served (TLS).", "127.0.0.1:6443");

    public Option<IPEndPoint> KubeletListen { get; } = EndPoint("--kubelet-listen", "Where the kubelet's node API is served (TLS).", "127.0.0.1:10250");

    public Option<string> NodeName { get; } = Text("--node-name", "NAME", "Name of the node object.", Environment.MachineName.ToLowerInvariant());

    public Option<string> CgroupRoot { get; } = Text("--cgroup-root", "PATH", "Parent of the Pods' cgroups.", "/nacelle");

    public Option<string> PodLogsDirectory { get; } = Text("--pod-logs-dir", "DIR", "Logs of containers.", "/var/log/pods");

    public Option<string> Bridge { get; } = Text("--bridge", "NAME", "The bridge that Pods are connected to.", "nacelle0");

    public Option<IPNetwork> PodCidr { get; } = new("--pod-cidr")
    {
        HelpName = "CIDR",
        Description = "Addresses of Pods.",
        DefaultValueFactory = _ => IPNetwork.Parse("10.214.64.0/20"),
        CustomParser = ReadPodCidr,
    };

    public Option<string[]> RegistryMirrors { get; } = new("--registry-mirror")
    {
        HelpName = "HOST=URL",
        Description = "Ask URL before registry HOST, e.g. docker.io=http://127.0.0.1:5000. May be repeated.",
        DefaultValueFactory = _ => [],
    };

    public Option<string?> OciRuntime { get; } = new("--oci-runtime") { HelpName = "PATH", Description = "crun or runc; found on PATH if not given." };

    public Option<string?> Conmon { get; } = new("--conmon") { HelpName = "PATH", Description = "conmon; found on PATH if not given." };

    public Option<string?> Kubeconfig { get; } = new("--kubeconfig") { HelpName = "FILE", Description = "API server and identity; that of the state directory if not given." };

    public Option<string?> CriEndpoint { get; } = new("--container-runtime-endpoint")
    {
        HelpName = "SOCKET",
        Description = "CRI v1 socket of the runtime; that of the run directory if not given.",
    };

    public Option<string> Namespace { get; } = new("--namespace", "-n")
    {
        HelpName = "NAME",
        Description = "The Pod's namespace.",
        DefaultValueFactory = _ => "default",
    };

    public Option<bool> Verbose { get; } = new("--verbose", "-v") { Description = "Log each step." };

    /// <summary>What every command that touches an installation reads.</summary>
    public IEnumerable<Option> Installation => [StateDirectory, RunDirectory, Verbose];

    public Configuration Read(ParseResult result) => new()
    {
        StateDirectory = RealPath(Value(result, StateDirectory)),
        RunDirectory = RealPath(Value(result, RunDirectory)),
        Listen = Value(result, Listen),
        KubeletListen = Value(result, KubeletListen),
        NodeName = Value(result, NodeName),
        CgroupRoot = Value(result, CgroupRoot),
        PodLogsDirectory = RealPath(Value(result, PodLogsDirectory)),
        Bridge = Value(result, Bridge),
        PodCidr = Value(result, PodCidr),
        RegistryMirrors = ReadMirrors(Value(result, RegistryMirrors)),
        OciRuntime = result.GetValue(OciRuntime),
        Conmon = result.GetValue(Conmon),
        Kubeconfig = result.GetValue(Kubeconfig),
        CriEndpoint = result.GetValue(CriEndpoint) is { } endpoint ? endpoint.Replace("unix://", "", StringComparison.Ordinal) : null,
        Verbose = result.GetValue(Verbose),
    };

    /// <summary>The path as the kernel's mount table shows it: absolute, links resolved, no slash at its end. What does not exist yet has no links.</summary>
    private static string RealPath(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetDirectoryName(full) is not { } parent)
        {
            return full;
        }

        var target = Directory.Exists(full) ? new DirectoryInfo(full).ResolveLinkTarget(returnFinalTarget: true)?.FullName : null;
        return target is not null ? RealPath(target) : Path.Combine(RealPath(parent), Path.GetFileName(full));
    }

    /// <summary>The option's value, and its default where the command at hand does not have the option.</summary>
    private static T Value<T>(ParseResult result, Option<T> option) =>
        result.GetResult(option) is { } given ? given.GetValueOrDefault<T>()! : (T)option.GetDefaultValue()!;

    private static Dictionary<string, IReadOnlyList<Uri>> ReadMirrors(IEnumerable<string> values)
    {
        var mirrors = new Dictionary<string, List<Uri>>();
        foreach (var value in values)
        {
            var parts = value.Split('=', 2);
            if (parts.Length != 2 || parts[0].Length == 0 || !Uri.TryCreate(parts[1], UriKind.Absolute, out var mirror) || mirror.Scheme is not ("http" or "https"))
            {
                throw new UsageException($"--registry-mirror {value}: expected HOST=URL, e.g. docker.io=http://127.0.0.1:5000");
            }

            if (!mirrors.TryGetValue(parts[0], out var list))
            {
                mirrors[parts[0]] = list = [];
            }

            list.Add(mirror);
        }

        return mirrors.ToDictionary(m => m.Key, m => (IReadOnlyList<Uri>)m.Value);
    }

    private static Option<string> Text(string name, string helpName, string description, string value) =>
        new(name) { HelpName = helpName, Description = description, DefaultValueFactory = _ => value };

    private static Option<IPEndPoint> EndPoint(string name, string description, string value) => new(name)
    {
        HelpName = "ADDRESS:PORT",
        Description = description,
        DefaultValueFactory = _ => IPEndPoint.Parse(value),
        CustomParser = ReadEndPoint,
    };

    private static IPEndPoint? ReadEndPoint(ArgumentResult result)
    {
        if (IPEndPoint.TryParse(result.Tokens[0].Value, out var endPoint) && endPoint.Port > 0)
        {
            return endPoint;
        }

        result.AddError($"{result.Tokens[0].Value}: expected ADDRESS:PORT such as 127.0.0.1:6443");
        return null;
    }

    private static IPNetwork ReadPodCidr(ArgumentResult result)
    {
        if (IPNetwork.TryParse(result.Tokens[0].Value, out var network))
        {
            return network;
        }

        result.AddError($"{result.Tokens[0].Value}: expected a CIDR such as 10.214.64.0/20");
        return default;
    }
}
