using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Nacelle.Runtime.Networking;
using Nacelle.TestSupport;
using Runtime.V1;
using Xunit;

namespace Nacelle.IntegrationTests.Networking;

public sealed class HostPortTests
{
    [Fact]
    public async Task SetUpAsync_HostPort_LeadsToThePodFromEverywhere()
    {
        await using var test = await TestNetwork.StartAsync();
        var port = FreePort.Next();
        var server = await test.AddPodAsync("server", new PortMapping { ContainerPort = 80, HostPort = port });
        var client = await test.AddPodAsync("client");
        using var listener = server.Serve(80);

        // From the host: by loopback, and by an address of its own.
        Assert.Equal(test.Network.Gateway, await TestPod.ConnectAsync(listener, null, IPAddress.Loopback, port));
        await TestPod.ConnectAsync(listener, null, test.Network.Gateway, port);
        // From another Pod, and from the Pod itself (hairpin), through the host's address.
        await TestPod.ConnectAsync(listener, client.Path, test.Network.Gateway, port);
        await TestPod.ConnectAsync(listener, server.Path, test.Network.Gateway, port);
        // From another machine, whose address the Pod sees.
        await using var neighbour = await TestNeighbour.AddAsync(test);
        Assert.Equal(neighbour.Address, await TestPod.ConnectAsync(listener, neighbour.Path, neighbour.HostAddress, port));
    }

    [Fact]
    public async Task TearDownAsync_HostPort_IsClosedAndFreeAtOnce()
    {
        await using var test = await TestNetwork.StartAsync();
        var port = FreePort.Next();
        var mapping = new PortMapping { ContainerPort = 80, HostPort = port };
        var first = await test.AddPodAsync("first", mapping);
        var taken = await Assert.ThrowsAsync<PodNetworkException>(() => test.AddPodAsync("second", mapping));
        Assert.Equal($"host port {port}/tcp is taken by sandbox {first.SandboxId}", taken.Message);

        await test.TearDownAsync(first);
        var rules = await TestProgram.RunAsync("nft", "list", "table", "ip", test.Options.Bridge);
        Assert.DoesNotContain(port.ToString(CultureInfo.InvariantCulture), rules, StringComparison.Ordinal);

        var third = await test.AddPodAsync("third", mapping);
        using var listener = third.Serve(80);
        await TestPod.ConnectAsync(listener, null, IPAddress.Loopback, port);
    }

    [Fact]
    public async Task SetUpAsync_HostIp_OpensThatAddressOnly()
    {
        await using var test = await TestNetwork.StartAsync();
        var port = FreePort.Next();
        var pod = await test.AddPodAsync("a", new PortMapping { ContainerPort = 80, HostPort = port, HostIp = "127.0.0.1" });
        using var listener = pod.Serve(80);

        await TestPod.ConnectAsync(listener, null, IPAddress.Loopback, port);
        await Assert.ThrowsAsync<SocketException>(() => TestPod.ConnectAsync(listener, null, test.Network.Gateway, port));
    }

    [Fact]
    public async Task SetUpAsync_HostPortOpen_PodCannotUseItToReachTheHostsLoopback()
    {
        await using var test = await TestNetwork.StartAsync();
        var pod = await test.AddPodAsync("a", new PortMapping { ContainerPort = 80, HostPort = FreePort.Next() });
        using var secret = new TcpListener(IPAddress.Loopback, 0);
        secret.Start();
        // What a Pod with NET_ADMIN could do: send packets for 127.0.0.1 to the host.
        await TestProgram.RunAsync("nsenter", $"--net={pod.Path}", "sh", "-ec",
            "echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet; ip addr del 127.0.0.1/8 dev lo;"
            + $" ip route add 127.0.0.1/32 via {test.Network.Gateway} src {pod.Address}");
        var port = ((IPEndPoint)secret.LocalEndpoint).Port;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TestPod.ConnectAsync(secret, pod.Path, IPAddress.Loopback, port));
        // The guard is what stops it: without it the same connection succeeds.
        await TestProgram.RunAsync("nft", "flush", "chain", "ip", test.Options.Bridge, "guard");
        Assert.Equal(pod.Address, await TestPod.ConnectAsync(secret, pod.Path, IPAddress.Loopback, port));
    }
}
