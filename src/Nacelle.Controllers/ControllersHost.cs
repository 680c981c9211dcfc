using Microsoft.Extensions.Logging;
using Nacelle.Controllers.Namespaces;
using Nacelle.Controllers.Nodes;
using Nacelle.Controllers.Scheduling;
using Nacelle.Controllers.ServiceAccounts;
using Nacelle.Kubernetes.Client;

namespace Nacelle.Controllers;

/// <summary>
/// Runs the controllers as clients of the API server. They begin at once and wait for a server that is not there yet, so the order in which the parts of
/// Nacelle start does not matter.
/// </summary>
public sealed class ControllersHost : IAsyncDisposable
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);

    private readonly KubernetesApi _api;
    private readonly CancellationTokenSource _stop = new();

    private ControllersHost(KubernetesApi api, ILoggerFactory loggerFactory, ControllersOptions options, string? authority)
    {
        _api = api;
        var time = TimeProvider.System;
        var scheduler = new Scheduler(api, $"{Scheduler.Name}-{options.HostName}", time, loggerFactory.CreateLogger<Scheduler>());
        var nodes = new NodeTaintController(api, time, loggerFactory.CreateLogger<NodeTaintController>());
        var namespaces = new NamespaceController(api, time, loggerFactory.CreateLogger<NamespaceController>());
        var accounts = new NamespaceDefaultsController(api, authority, time, loggerFactory.CreateLogger<NamespaceDefaultsController>());
        Completion = ControllerTasks.RunAllAsync(
            [scheduler.RunAsync, nodes.RunAsync, namespaces.RunAsync, accounts.RunAsync], _stop.Token);
    }

    /// <summary>Ends when the controllers were stopped, and fails when one of them failed.</summary>
    public Task Completion { get; }

    /// <exception cref="ControllersStartException">The kubeconfig can't be used.</exception>
    public static Task<ControllersHost> StartAsync(ControllersOptions options, ILoggerFactory loggerFactory, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var config = Kubeconfig.Load(options.Kubeconfig);
            var api = new KubernetesApi(config, $"nacelle-controllers/{options.Version}");
            return Task.FromResult(new ControllersHost(api, loggerFactory, options, config.CertificateAuthority?.ExportCertificatePem()));
        }
        catch (KubeconfigException e)
        {
            throw new ControllersStartException($"controllers: {e.Message}", e);
        }
    }

    /// <summary>Stops the controllers and waits for their last requests, five seconds at most.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(Completion, Task.Delay(DrainTime));
        _api.Dispose();
        _stop.Dispose();
    }
}
