using System.Net;
using System.Net.Sockets;
using k8s.Models;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.Probes;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.Probes;

public sealed class ProbeVerdictTests
{
    /// <summary>Results as letters, o for success and x for failure, with a success threshold of 2 and a failure threshold of 3.</summary>
    [Theory]
    [InlineData(ProbeKind.Readiness, "", false, false)]
    [InlineData(ProbeKind.Readiness, "o", false, false)]
    [InlineData(ProbeKind.Readiness, "oo", true, false)]
    [InlineData(ProbeKind.Readiness, "ooxx", true, false)]
    [InlineData(ProbeKind.Readiness, "ooxxx", false, false)]
    [InlineData(ProbeKind.Readiness, "ooxxoxxx", false, false)]
    [InlineData(ProbeKind.Liveness, "", true, false)]
    [InlineData(ProbeKind.Liveness, "xx", true, false)]
    [InlineData(ProbeKind.Liveness, "xxx", false, true)]
    [InlineData(ProbeKind.Startup, "", false, false)]
    [InlineData(ProbeKind.Startup, "xxoo", true, false)]
    [InlineData(ProbeKind.Startup, "xxx", false, true)]
    public void Add_Results_ChangeOnlyAtTheThreshold(ProbeKind kind, string results, bool good, bool fatal)
    {
        var verdict = new ProbeVerdict(kind, 2, 3);

        foreach (var result in results)
        {
            verdict.Add(result == 'o');
        }

        Assert.Equal((good, fatal), (verdict.Good, verdict.Fatal));
    }

    [Fact]
    public async Task ProbeAsync_TcpSocket_TellsAnOpenPortFromAClosedOne()
    {
        using var cri = new CriClient("/nonexistent");
        using var actions = new ContainerActions(cri, TimeProvider.System);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var container = new V1Container { Name = "a", Ports = [new V1ContainerPort { Name = "web", ContainerPort = port }] };
        var target = new ContainerTarget(container, "id", "127.0.0.1");
        var byName = new V1Probe { TcpSocket = new V1TCPSocketAction { Port = "web" } };

        var open = await actions.ProbeAsync(byName, target, TestContext.Current.CancellationToken);
        listener.Stop();
        var closed = await actions.ProbeAsync(byName, target, TestContext.Current.CancellationToken);
        var unknown = await actions.ProbeAsync(
            new V1Probe { TcpSocket = new V1TCPSocketAction { Port = "nope" } }, target, TestContext.Current.CancellationToken);

        Assert.True(open.Success);
        Assert.Equal($"dial tcp 127.0.0.1:{port}: connect: connection refused", closed.Output);
        Assert.Equal("couldn't find port: nope", unknown.Output);
    }

    [Theory]
    [InlineData("200 OK", true, "")]
    [InlineData("302 Found", true, "")]
    [InlineData("503 Unavailable", false, "HTTP probe failed with statuscode: 503")]
    public async Task ProbeAsync_HttpGet_JudgesByTheStatus(string status, bool success, string output)
    {
        using var cri = new CriClient("/nonexistent");
        using var actions = new ContainerActions(cri, TimeProvider.System);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var server = AnswerOnceAsync(listener, status);
        var probe = new V1Probe { HttpGet = new V1HTTPGetAction { Path = "health", Port = ((IPEndPoint)listener.LocalEndpoint).Port } };

        var outcome = await actions.ProbeAsync(
            probe, new ContainerTarget(new V1Container { Name = "a" }, "id", "127.0.0.1"), TestContext.Current.CancellationToken);

        Assert.Equal((success, output), (outcome.Success, outcome.Output));
        Assert.StartsWith("GET /health HTTP/1.1", await server, StringComparison.Ordinal);
    }

    private static async Task<string> AnswerOnceAsync(TcpListener listener, string status)
    {
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var buffer = new byte[4096];
        var read = await client.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(
            System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
            TestContext.Current.CancellationToken);
        return System.Text.Encoding.ASCII.GetString(buffer, 0, read);
    }
}
