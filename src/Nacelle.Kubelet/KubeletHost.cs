using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Nacelle.Kubelet.Cgroups;
using Nacelle.Kubelet.Containers;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.Events;
using Nacelle.Kubelet.Health;
using Nacelle.Kubelet.Heartbeat;
using Nacelle.Kubelet.InspectApi;
using Nacelle.Kubelet.NodeApi;
using Nacelle.Kubelet.PodWorkers;
using Nacelle.Kubelet.Probes;
using Nacelle.Kubelet.Resources;
using Nacelle.Kubernetes.Client;
using Nacelle.Linux.Cgroups;
using Runtime.V1;

namespace Nacelle.Kubelet;

/// <summary>
/// The kubelet: an ordinary client of the Kubernetes API and of a CRI runtime, and the server of the node API. Stopping it leaves the
/// Pods running; the next one finds them by their labels.
/// </summary>
public sealed class KubeletHost : IAsyncDisposable
{
    /// <summary>How long a runtime that starts at the same time may take to answer.</summary>
    private static readonly TimeSpan RuntimeWait = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<IAsyncDisposable> _parts = [];
    private readonly List<IDisposable> _clients = [];
    private PodWorkerPool? _pods;
    private Task _source = Task.CompletedTask;

    private KubeletHost()
    {
    }

    /// <summary>Ends when the kubelet was stopped, or failed.</summary>
    public Task Completion => _source;

    /// <summary>The port of the node API.</summary>
    public int Port { get; private set; }

    /// <summary>Returns when the node API is served and the runtime answers.</summary>
    /// <exception cref="KubeletStartException">Something expected is missing; one line for the user.</exception>
    public static async Task<KubeletHost> StartAsync(
        KubeletOptions options, ILoggerFactory loggerFactory, CancellationToken cancellationToken)
    {
        var host = new KubeletHost();
        try
        {
            await host.BeginAsync(options, loggerFactory, cancellationToken).ConfigureAwait(false);
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _source.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_pods is not null)
        {
            await _pods.DisposeAsync().ConfigureAwait(false);
        }

        for (var i = _parts.Count - 1; i >= 0; i--)
        {
            await _parts[i].DisposeAsync().ConfigureAwait(false);
        }

        _clients.ForEach(c => c.Dispose());
        _stop.Dispose();
    }

    private async Task BeginAsync(KubeletOptions options, ILoggerFactory loggerFactory, CancellationToken cancellationToken)
    {
        var logger = loggerFactory.CreateLogger("Nacelle.Kubelet");
        MakeDirectories(options);
        var api = Own(Connect(options));
        var cri = Own(new CriClient(options.CriEndpoint));
        var version = await RuntimeVersionAsync(cri, options, cancellationToken).ConfigureAwait(false);
        var events = OwnPart(new EventRecorder(api, options.NodeName, options.TimeProvider, logger));
        var paths = new PodPaths(options.StateDirectory, options.PodLogsDirectory);
        var reader = new RuntimeReader(cri);
        var machine = Machine();
        var cgroups = CgroupTree.Detect();
        ImmutableArray<string> addresses = [(options.NodeAddress ?? DefaultAddress()).ToString()];
        var imageBackoff = new CrashBackoff(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5), options.TimeProvider);
        var services = new PodServices
        {
            Options = options,
            Api = api,
            Cri = cri,
            Reader = reader,
            Events = events,
            Images = new ImagePuller(cri, events, imageBackoff, options.TimeProvider),
            Backoff = new CrashBackoff(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5), options.TimeProvider),
            Paths = paths,
            Preparation = new PodPreparation(
                options, api, paths, options.ManageCgroups ? new PodCgroup(cgroups, options.CgroupRoot) : null, addresses, machine),
            Actions = Own(new ContainerActions(cri, options.TimeProvider)),
            Logger = logger,
            RuntimeName = version.RuntimeName,
            HostAddresses = addresses,
        };
        _pods = new PodWorkerPool(services);
        var inspect = OwnPart(new InspectPart(options, cgroups, _pods, cri, events, logger));
        OwnPart(new RuntimeWatch(cri, uid => { _pods.Wake(uid); inspect.Wake(); }, options.TimeProvider, logger));
        OwnPart(new ProcessHealthWatch(_pods, inspect.Containers, cgroups, events, options.TimeProvider, logger));
        var nodeApi = OwnPart(
            await NodeApiHost.StartAsync(options, _pods, reader, cri, inspect, loggerFactory, cancellationToken).ConfigureAwait(false));
        Port = nodeApi.Port;
        OwnPart(new LogRotation(options.PodLogsDirectory, cri, options.TimeProvider, logger));
        if (options.RegisterNode)
        {
            // The API server dials the first address: it must be one on which the node API listens.
            var listen = options.Listen.Address;
            ImmutableArray<string> reachable = IPAddress.IsLoopback(listen) ? [listen.ToString()] : addresses;
            var builder = new NodeBuilder(options, cri, version, reachable, machine, () => Port);
            OwnPart(new NodeHeartbeat(api, options.NodeName, builder.BuildAsync, options.TimeProvider, logger)).Start();
        }

        _source = PodSource.RunAsync(api, _pods, options, logger, _stop.Token);
    }

    private static KubernetesApi Connect(KubeletOptions options)
    {
        try
        {
            return new KubernetesApi(Kubeconfig.Load(options.Kubeconfig), $"kubelet/{options.Version} (nacelle)");
        }
        catch (KubeconfigException e)
        {
            throw new KubeletStartException(e.Message, e);
        }
    }

    private static void MakeDirectories(KubeletOptions options)
    {
        try
        {
            Directory.CreateDirectory(Path.Combine(options.StateDirectory, "pods"));
            Directory.CreateDirectory(options.PodLogsDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubeletStartException($"the kubelet's directories cannot be made: {e.Message}", e);
        }
    }

    private static async Task<VersionResponse> RuntimeVersionAsync(CriClient cri, KubeletOptions options, CancellationToken cancellationToken)
    {
        var started = options.TimeProvider.GetTimestamp();
        while (true)
        {
            try
            {
                return await cri.Runtime.VersionAsync(
                    new VersionRequest { Version = "v1" }, cancellationToken: cancellationToken).ConfigureAwait(false);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable)
            {
                if (options.TimeProvider.GetElapsedTime(started) > RuntimeWait)
                {
                    throw new KubeletStartException($"no container runtime answers on {options.CriEndpoint}: {e.Status.Detail}", e);
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50), options.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
            catch (RpcException e)
            {
                throw new KubeletStartException($"the container runtime on {options.CriEndpoint} refuses: {e.Status.Detail}", e);
            }
        }
    }

    /// <summary>The address this machine uses towards others, found without sending anything; loopback when it has no route.</summary>
    private static IPAddress DefaultAddress()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 9));
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return IPAddress.Loopback;
        }
    }

    private static NodeResources Machine()
    {
        var memory = File.ReadLines("/proc/meminfo").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        var disk = new DriveInfo("/").TotalSize;
        return new NodeResources(Environment.ProcessorCount * 1000L, long.Parse(memory, CultureInfo.InvariantCulture) * 1024, disk);
    }

    private T Own<T>(T client)
        where T : IDisposable
    {
        _clients.Add(client);
        return client;
    }

    private T OwnPart<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Add(part);
        return part;
    }
}
