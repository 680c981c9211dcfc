using System.CommandLine;

using Nacelle.Parts;

namespace Nacelle.Commands;

/// <summary><c>serve</c> and the four parts that it is made of. Each reads the same options, as far as they concern it.</summary>
internal static class PartCommands
{
    public static Command Serve(CommonOptions options) => Create(
        options,
        "serve",
        "Run the API server, the controllers, the kubelet and the runtime in one process.",
        ["nacelle serve", "nacelle serve --registry-mirror docker.io=http://127.0.0.1:5000"],
        [.. Api(options), .. Node(options), .. Engine(options)],
        configuration =>
        {
            var parts = new PartFactory(configuration);
            return [parts.RuntimeAsync, parts.ApiServerAsync, parts.ControllersAsync, parts.KubeletAsync];
        });

    public static Command ApiServer(CommonOptions options) => Create(
        options,
        "apiserver",
        "Run the Kubernetes API server alone.",
        ["nacelle apiserver --listen 127.0.0.1:6443"],
        [.. Api(options), options.NodeName],
        configuration => [new PartFactory(configuration).ApiServerAsync]);

    public static Command Controllers(CommonOptions options) => Create(
        options,
        "controllers",
        "Run the scheduler and the other controllers alone.",
        ["nacelle controllers --kubeconfig /etc/kubernetes/admin.conf"],
        [options.Listen, options.NodeName, options.Kubeconfig],
        configuration => [new PartFactory(configuration).ControllersAsync]);

    public static Command Kubelet(CommonOptions options) => Create(
        options,
        "kubelet",
        "Run the kubelet alone, against any API server and any CRI v1 runtime.",
        ["nacelle kubelet --container-runtime-endpoint unix:///run/containerd/containerd.sock"],
        [options.Listen, options.Kubeconfig, options.CriEndpoint, .. Node(options)],
        configuration => [new PartFactory(configuration).KubeletAsync]);

    public static Command Runtime(CommonOptions options) => Create(
        options,
        "runtime",
        "Run the container runtime alone; it serves CRI v1 on RUN-DIR/runtime.sock.",
        ["nacelle runtime --run-dir /run/nacelle"],
        Engine(options),
        configuration => [new PartFactory(configuration).RuntimeAsync]);

    /// <summary>What <c>serve</c> takes: a command that acts on a whole instance takes the same, so that its words can be repeated.</summary>
    public static IEnumerable<Option> AllOptions(CommonOptions o) => [.. o.Installation, .. Api(o), .. Node(o), .. Engine(o)];

    private static IEnumerable<Option> Api(CommonOptions o) => [o.Listen];

    private static IEnumerable<Option> Node(CommonOptions o) => [o.KubeletListen, o.NodeName, o.CgroupRoot, o.PodLogsDirectory];

    private static IEnumerable<Option> Engine(CommonOptions o) => [o.Bridge, o.PodCidr, o.RegistryMirrors, o.OciRuntime, o.Conmon];

    private static CommandWithExamples Create(
        CommonOptions options, string name, string summary, string[] examples, IEnumerable<Option> own, Func<Configuration, IReadOnlyList<PartStarter>> starters)
    {
        var command = new CommandWithExamples(name, summary, examples);
        foreach (var option in options.Installation.Concat(own))
        {
            command.Options.Add(option);
        }

        command.SetAction((result, _) =>
        {
            var configuration = options.Read(result);
            return PartRunner.RunAsync(configuration, starters(configuration));
        });
        return command;
    }
}
