using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Nacelle.Linux.Namespaces;
using Nacelle.Linux.Netlink;
using Nacelle.Runtime.Networking;
using Runtime.V1;
using Xunit;

namespace Nacelle.IntegrationTests.Networking;

/// <summary>A Pod network of a test's own: bridge, CIDR and directories that nobody else has. Disposing removes it and checks that nothing is left.</summary>
internal sealed class TestNetwork : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nacelle-net-").FullName;
    private readonly List<string> _namespaces = [];

    private TestNetwork(int prefixLength)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        var number = RandomNumberGenerator.GetInt32(0, 1 << 10);
        var cidr = new IPNetwork(new IPAddress([10, 213, (byte)(number >> 2), (byte)((number & 3) << 6)]), prefixLength);
        Options = new PodNetworkOptions { Bridge = $"nct{number}", PodCidr = cidr, StateDirectory = Path.Combine(_directory, "state") };
    }

    public PodNetworkOptions Options { get; }

    public PodNetwork Network { get; private set; } = null!;

    public string LeaseDirectory => Path.Combine(Options.StateDirectory, Options.Bridge, "leases");

    public static async Task<TestNetwork> StartAsync(int prefixLength = 28)
    {
        var test = new TestNetwork(prefixLength);
        await test.RestartAsync();
        return test;
    }

    /// <summary>What a new process does: only what is on disk and in the kernel remains.</summary>
    public async Task RestartAsync()
    {
        if (Network is not null)
        {
            await Network.DisposeAsync();
        }

        Network = await PodNetwork.StartAsync(Options, NullLoggerFactory.Instance, TimeProvider.System, TestContext.Current.CancellationToken);
    }

    public string MakeNamespace(string name)
    {
        var path = Path.Combine(_directory, name);
        NetworkNamespace.Create(path);
        _namespaces.Add(path);
        return path;
    }

    /// <summary>A namespace with a network.</summary>
    public async Task<TestPod> AddPodAsync(string name, params PortMapping[] ports)
    {
        var path = MakeNamespace(name);
        var config = new PodSandboxConfig { PortMappings = { ports } };
        var result = await Network.SetUpAsync(SandboxId(name), path, config, TestContext.Current.CancellationToken);
        return new TestPod(SandboxId(name), path, Assert.Single(result.Addresses));
    }

    public Task TearDownAsync(TestPod pod) => Network.TearDownAsync(pod.SandboxId, pod.Path, TestContext.Current.CancellationToken);

    public string SandboxId(string name) => $"{Options.Bridge}-{name}";

    public static IReadOnlyList<string> Links()
    {
        using var route = new RouteNetlink();
        return [.. route.ListLinks().Select(l => l.Name)];
    }

    /// <summary>The host's ends of this network's pairs.</summary>
    public IReadOnlyList<string> HostLinks()
    {
        using var route = new RouteNetlink();
        var bridge = route.FindLink(Options.Bridge)?.Index ?? -1;
        return [.. route.ListLinks().Where(l => l.Master == bridge).Select(l => l.Name)];
    }

    public async ValueTask DisposeAsync()
    {
        var hostLinks = HostLinks();
        foreach (var path in _namespaces)
        {
            NetworkNamespace.Remove(path);
        }

        await Network.RemoveAllAsync(CancellationToken.None);
        await Network.DisposeAsync();
        Assert.Empty(Directory.EnumerateFileSystemEntries(Options.StateDirectory));
        Directory.Delete(_directory, recursive: true);
        Assert.DoesNotContain(Options.Bridge, Links());
        Assert.Empty(Links().Intersect(hostLinks));
        Assert.DoesNotContain(Options.Bridge, (await TestProgram.RunAsync("nft", "list", "tables")).Split([' ', '\n']));
    }
}
