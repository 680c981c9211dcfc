using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Nacelle.Linux;
using Nacelle.Linux.Namespaces;
using Nacelle.Runtime.Networking;
using Runtime.V1;
using Xunit;

namespace Nacelle.IntegrationTests.Networking;

public sealed class PodNetworkTests(ITestOutputHelper output)
{
    private static readonly PodSandboxConfig NoPorts = new();

    [Fact]
    public async Task SetUpAsync_TwoPods_ReachEachOtherAndTheHostReachesThem()
    {
        await using var test = await TestNetwork.StartAsync();
        var a = await test.AddPodAsync("a");
        var b = await test.AddPodAsync("b");
        using var listener = b.Serve(8080);

        Assert.Equal(a.Address, await TestPod.ConnectAsync(listener, a.Path, b.Address, 8080));
        Assert.Equal(test.Network.Gateway, await TestPod.ConnectAsync(listener, null, b.Address, 8080));
        Assert.Equal(b.Address, await TestPod.ConnectAsync(listener, b.Path, b.Address, 8080));
    }

    [Fact]
    public async Task SetUpAsync_FirstPods_TakeTheAddressesAfterTheGateway()
    {
        await using var test = await TestNetwork.StartAsync();
        var first = test.Options.PodCidr.BaseAddress.GetAddressBytes();

        Assert.Equal(first[3] + 1, test.Network.Gateway.GetAddressBytes()[3]);
        Assert.Equal(first[3] + 2, (await test.AddPodAsync("a")).Address.GetAddressBytes()[3]);
        Assert.Equal(first[3] + 3, (await test.AddPodAsync("b")).Address.GetAddressBytes()[3]);
    }

    [Fact]
    public async Task SetUpAsync_PodConnectsBeyondTheHost_ArrivesUnderTheHostsAddress()
    {
        await using var test = await TestNetwork.StartAsync();
        var pod = await test.AddPodAsync("a");
        await using var neighbour = await TestNeighbour.AddAsync(test);
        using var listener = TestPod.Serve(neighbour.Path, 8080);

        Assert.Equal(neighbour.HostAddress, await TestPod.ConnectAsync(listener, pod.Path, neighbour.Address, 8080));
    }

    [Fact]
    public async Task TearDownAsync_Twice_FreesTheAddressOnceTheDeviceIsGone()
    {
        await using var test = await TestNetwork.StartAsync(prefixLength: 29);
        var pods = new List<TestPod>();
        for (var i = 0; i < 5; i++)
        {
            pods.Add(await test.AddPodAsync($"p{i}"));
        }

        var path = test.MakeNamespace("late");
        var full = await Assert.ThrowsAsync<PodNetworkException>(() =>
            test.Network.SetUpAsync(test.SandboxId("late"), path, NoPorts, TestContext.Current.CancellationToken));
        Assert.Equal($"no address is free in Pod CIDR {test.Options.PodCidr}", full.Message);

        Assert.Equal(5, test.HostLinks().Count);
        var started = Stopwatch.GetTimestamp();
        await test.TearDownAsync(pods[2]);
        output.WriteLine($"TearDownAsync returned after {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F2} ms");
        await test.TearDownAsync(pods[2]);
        await test.Network.DrainAsync(TestContext.Current.CancellationToken);
        output.WriteLine($"and the device was gone after {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F2} ms");

        Assert.Equal(4, test.HostLinks().Count);
        Assert.False(File.Exists(Path.Combine(test.LeaseDirectory, pods[2].Address.ToString())));
        var late = await test.Network.SetUpAsync(test.SandboxId("late"), path, NoPorts, TestContext.Current.CancellationToken);
        Assert.Equal(pods[2].Address, Assert.Single(late.Addresses));
    }

    [Fact]
    public async Task SetUpAsync_AfterARestart_KeepsLeasesAndConnections()
    {
        await using var test = await TestNetwork.StartAsync();
        var a = await test.AddPodAsync("a");
        await test.RestartAsync();
        var b = await test.AddPodAsync("b");
        using var listener = a.Serve(8080);

        Assert.NotEqual(a.Address, b.Address);
        Assert.Equal(b.Address, await TestPod.ConnectAsync(listener, b.Path, a.Address, 8080));
        await Assert.ThrowsAsync<PodNetworkException>(() =>
            test.Network.SetUpAsync(a.SandboxId, a.Path, NoPorts, TestContext.Current.CancellationToken));

        await test.Network.KeepOnlyAsync(new HashSet<string> { b.SandboxId }, TestContext.Current.CancellationToken);
        await test.Network.DrainAsync(TestContext.Current.CancellationToken);
        Assert.Equal([b.Address.ToString()], Directory.EnumerateFiles(test.LeaseDirectory).Select(Path.GetFileName));
    }

    [Fact]
    public async Task SetUpAsync_NamespaceMissing_LeavesNothing()
    {
        await using var test = await TestNetwork.StartAsync();
        await Assert.ThrowsAsync<LinuxException>(() =>
            test.Network.SetUpAsync(test.SandboxId("a"), "/run/none", NoPorts, TestContext.Current.CancellationToken));
        await test.Network.DrainAsync(TestContext.Current.CancellationToken);

        Assert.Empty(Directory.EnumerateFiles(test.LeaseDirectory));
    }

    [Fact]
    public async Task SetUpAsync_BridgeDeletedMeanwhile_IsMadeAgain()
    {
        await using var test = await TestNetwork.StartAsync();
        await test.AddPodAsync("a");
        await TestProgram.RunAsync("ip", "link", "del", test.Options.Bridge);
        var b = await test.AddPodAsync("b");
        using var listener = b.Serve(8080);

        Assert.Equal(test.Network.Gateway, await TestPod.ConnectAsync(listener, null, b.Address, 8080));
    }

    [Fact]
    public async Task SetUpAsync_CidrOfAnotherDevice_IsRefused()
    {
        await using var test = await TestNetwork.StartAsync();
        await test.AddPodAsync("a");
        var options = test.Options with { Bridge = test.Options.Bridge + "x" };
        await using var other = await PodNetwork.StartAsync(
            options, NullLoggerFactory.Instance, TimeProvider.System, TestContext.Current.CancellationToken);
        var path = test.MakeNamespace("b");

        var refused = await Assert.ThrowsAsync<PodNetworkException>(() =>
            other.SetUpAsync("b", path, NoPorts, TestContext.Current.CancellationToken));
        Assert.Contains("overlaps", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(options.Bridge, TestNetwork.Links());
        await other.RemoveAllAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task SetUpAsync_TwentyTimes_TellsItsCost()
    {
        await using var test = await TestNetwork.StartAsync(prefixLength: 26);
        await test.AddPodAsync("warm");
        var times = new List<(double Namespace, double Network)>();
        for (var i = 0; i < 20; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var path = test.MakeNamespace($"p{i}");
            var middle = Stopwatch.GetTimestamp();
            await test.Network.SetUpAsync(test.SandboxId($"p{i}"), path, NoPorts, TestContext.Current.CancellationToken);
            times.Add((Stopwatch.GetElapsedTime(start, middle).TotalMilliseconds, Stopwatch.GetElapsedTime(middle).TotalMilliseconds));
        }

        var network = times.Select(t => t.Network).Order().ElementAt(10);
        output.WriteLine($"median of 20: namespace {times.Select(t => t.Namespace).Order().ElementAt(10):F2} ms, network {network:F2} ms");
        Assert.True(network < 100, $"{network} ms");
    }
}
