using Microsoft.Extensions.Logging.Abstractions;
using Nacelle.Kubelet;
using Nacelle.Kubelet.Containers;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.Events;
using Nacelle.Kubelet.PodWorkers;
using Nacelle.Kubelet.Probes;
using Nacelle.Kubelet.Resources;
using Nacelle.Kubernetes.Client;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.Fakes;

/// <summary>All that Pod workers need, with a fake API on one side and a fake runtime on a real socket on the other.</summary>
internal sealed class FakeNode : IAsyncDisposable
{
    private readonly CriClient _cri;
    private readonly KubernetesApi _client;
    private readonly EventRecorder _events;
    private readonly ContainerActions _actions;

    private FakeNode(FakeRuntime runtime)
    {
        Runtime = runtime;
        _cri = new CriClient(runtime.SocketPath);
        _client = Api.Client();
        _events = new EventRecorder(_client, "n", TimeProvider.System, NullLogger.Instance);
        _actions = new ContainerActions(_cri, TimeProvider.System);
    }

    public FakeApi Api { get; } = new();

    public FakeRuntime Runtime { get; }

    public CriClient Cri => _cri;

    public KubernetesApi Client => _client;

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("kubelet").FullName;

    public static async Task<FakeNode> StartAsync() => new(await FakeRuntime.StartAsync());

    /// <param name="time">The clock of back-offs and deadlines.</param>
    public PodServices Services(TimeProvider? time = null)
    {
        var options = new KubeletOptions
        {
            NodeName = "n",
            Kubeconfig = "",
            ServingCertificate = null!,
            ClientCertificateAuthority = null!,
            StateDirectory = Path.Combine(Directory, "state"),
            PodLogsDirectory = Path.Combine(Directory, "logs"),
            ManageCgroups = false,
            TimeProvider = time ?? TimeProvider.System,
        };
        var paths = new PodPaths(options.StateDirectory, options.PodLogsDirectory);
        var backoff = new CrashBackoff(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5), options.TimeProvider);
        return new PodServices
        {
            Options = options,
            Api = _client,
            Cri = _cri,
            Reader = new RuntimeReader(_cri),
            Events = _events,
            Images = new ImagePuller(_cri, _events, backoff, options.TimeProvider),
            Backoff = backoff,
            Paths = paths,
            Preparation = new PodPreparation(options, _client, paths, null, ["192.168.0.1"], new NodeResources(2000, 1L << 30, 1L << 30)),
            Actions = _actions,
            Logger = NullLogger.Instance,
            RuntimeName = "fake",
            HostAddresses = ["192.168.0.1"],
        };
    }

    /// <summary>Waits for a condition, ten seconds at most, and then says what the runtime was asked and the API told.</summary>
    /// <param name="nudge">Called now and then: the fake runtime offers no event stream.</param>
    public async Task UntilAsync(Func<bool> condition, Action? nudge = null)
    {
        var deadline = DateTime.UtcNow.AddSeconds(10);
        for (var i = 1; !condition(); i++)
        {
            if (i % 10 == 0)
            {
                nudge?.Invoke();
            }

            Assert.True(
                DateTime.UtcNow < deadline,
                $"calls: {string.Join("; ", Runtime.State.Calls)}\nevents: {string.Join("; ", Api.Events)}\nstatus: {Api.Status.Phase}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _events.DisposeAsync();
        _actions.Dispose();
        _client.Dispose();
        _cri.Dispose();
        await Runtime.DisposeAsync();
        Api.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
