using System.Collections.Immutable;

using Microsoft.Extensions.Logging;

using Nacelle.ApiServer;
using Nacelle.ApiServer.Security;
using Nacelle.Commands;
using Nacelle.Controllers;
using Nacelle.Kubelet;
using Nacelle.Pki;
using Nacelle.Runtime;
using Nacelle.Runtime.Images;
using Nacelle.Runtime.Images.Registry;
using Nacelle.Runtime.Networking;

namespace Nacelle.Parts;

/// <summary>Gives each part its options. A part knows the others only by socket, address and certificate.</summary>
internal sealed class PartFactory
{
    /// <summary>The release whose kubelet this one behaves as; it stands in the node object.</summary>
    private const string KubernetesVersion = "v1.36.0";

    private readonly Configuration _configuration;
    private readonly Lazy<PkiDirectory> _pki;

    public PartFactory(Configuration configuration)
    {
        _configuration = configuration;
        _pki = new Lazy<PkiDirectory>(() => PkiDirectory.Ensure(
            configuration.PkiDirectory, configuration.Listen, configuration.NodeName, TimeProvider.System));
    }

    public RuntimeOptions RuntimeOptions => new()
    {
        SocketPath = _configuration.RuntimeSocket,
        StateDirectory = StateOf("runtime"),
        RunDirectory = _configuration.RunDirectory,
        RuntimePath = _configuration.OciRuntime,
        ConmonPath = _configuration.Conmon,
        DefaultCgroupParent = Path.Combine(_configuration.CgroupRoot, "default"),
        Images = new ImageStoreOptions
        {
            Directory = Path.Combine(StateOf("runtime"), "images"),
            Registries = new RegistryOptions { Mirrors = _configuration.RegistryMirrors.ToImmutableDictionary(m => m.Key, m => m.Value.ToImmutableArray()) },
        },
        Network = new PodNetworkOptions
        {
            Bridge = _configuration.Bridge,
            PodCidr = _configuration.PodCidr,
            StateDirectory = Path.Combine(StateOf("runtime"), "network"),
        },
        Version = VersionCommand.Text,
    };

    public Task<RunningPart> RuntimeAsync(ILoggerFactory loggerFactory, CancellationToken cancellationToken) => StartAsync(async () =>
    {
        var host = await RuntimeHost.StartAsync(RuntimeOptions, loggerFactory, cancellationToken);
        return new RunningPart("runtime", host.Completion, host);
    });

    public Task<RunningPart> ApiServerAsync(ILoggerFactory loggerFactory, CancellationToken cancellationToken) => StartAsync(async () =>
    {
        var pki = _pki.Value;
        var host = await ApiServerHost.StartAsync(
            new ApiServerOptions
            {
                StateDirectory = StateOf("apiserver"),
                Listen = _configuration.Listen,
                UnixSocketPath = _configuration.ApiSocket,
                ServingCertificate = pki.ApiServerServing,
                ClientCertificateAuthority = pki.Authority,
                Tokens = new Dictionary<string, UserInfo> { [pki.AdminToken] = new("kubernetes-admin", ["system:masters"]) },
                KubeletClientCertificate = pki.KubeletClient,
                KubeletAuthority = pki.Authority,
                Version = VersionCommand.Text,
            },
            loggerFactory,
            cancellationToken);
        return new RunningPart("apiserver", host.Completion, host);
    });

    public Task<RunningPart> ControllersAsync(ILoggerFactory loggerFactory, CancellationToken cancellationToken) => StartAsync(async () =>
    {
        var host = await ControllersHost.StartAsync(
            new ControllersOptions
            {
                Kubeconfig = _configuration.Kubeconfig ?? _pki.Value.ControllersKubeconfig,
                HostName = _configuration.NodeName,
                Version = VersionCommand.Text,
            },
            loggerFactory,
            cancellationToken);
        return new RunningPart("controllers", host.Completion, host);
    });

    public Task<RunningPart> KubeletAsync(ILoggerFactory loggerFactory, CancellationToken cancellationToken) => StartAsync(async () =>
    {
        var pki = _pki.Value;
        var host = await KubeletHost.StartAsync(
            new KubeletOptions
            {
                Kubeconfig = _configuration.Kubeconfig ?? pki.KubeletKubeconfig,
                NodeName = _configuration.NodeName,
                CriEndpoint = _configuration.RuntimeSocket,
                Listen = _configuration.KubeletListen,
                ServingCertificate = pki.KubeletServing,
                ClientCertificateAuthority = pki.Authority,
                StateDirectory = StateOf("kubelet"),
                PodLogsDirectory = _configuration.PodLogsDirectory,
                CgroupRoot = _configuration.CgroupRoot,
                Version = $"{KubernetesVersion}+nacelle-{VersionCommand.Text}",
            },
            loggerFactory,
            cancellationToken);
        return new RunningPart("kubelet", host.Completion, host);
    });

    private string StateOf(string part) => Path.Combine(_configuration.StateDirectory, part);

    /// <summary>Says in one line what a part says of a start that can't succeed.</summary>
    private static async Task<RunningPart> StartAsync(Func<Task<RunningPart>> start)
    {
        try
        {
            return await start();
        }
        catch (Exception e) when (e is RuntimeStartException or ApiServerStartException or ControllersStartException or KubeletStartException
            or IOException or UnauthorizedAccessException)
        {
            throw new CommandException(e.Message, e);
        }
    }
}
