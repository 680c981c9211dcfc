using System.Net;
using System.Net.Sockets;
using Nacelle.Linux.Namespaces;
using Nacelle.Runtime.Streaming.PortForward;
using Xunit;

namespace Nacelle.IntegrationTests.Streaming;

/// <summary>Dialling into a network namespace (root).</summary>
public sealed class NetnsDialerTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("nacelle-netns");
    private readonly string path;

    public NetnsDialerTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        path = Path.Combine(directory.FullName, "ns");
        NetworkNamespace.Create(path);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        NetworkNamespace.Remove(path);
        directory.Delete(recursive: true);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task ConnectAsync_ListenerInside_IsReached(string address)
    {
        using var listener = NetworkNamespace.Run(path, () =>
        {
            var socket = new Socket(IPAddress.Parse(address).AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            socket.Listen();
            return socket;
        });
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;

        await using var stream = await NetnsDialer.ConnectAsync(path, port, Token);
        using var accepted = await listener.AcceptAsync(Token);
        await accepted.SendAsync("inside"u8.ToArray(), Token);

        var buffer = new byte[6];
        await stream.ReadExactlyAsync(buffer, Token);
        Assert.Equal("inside"u8.ToArray(), buffer);
    }

    [Fact]
    public async Task ConnectAsync_ListenerOutsideOnly_IsNotReached()
    {
        using var outside = new LabServer(_ => Task.CompletedTask);

        var exception = await Assert.ThrowsAsync<IOException>(() => NetnsDialer.ConnectAsync(path, outside.Port, Token));

        Assert.Contains("Connection refused", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAsync_ManyTimes_LeavesNoThreadInside()
    {
        for (var round = 0; round < 100; round++)
        {
            await Assert.ThrowsAsync<IOException>(() => NetnsDialer.ConnectAsync(path, 9, Token));
        }

        var namespaces = Directory.GetDirectories("/proc/self/task")
            .Select(task => File.ResolveLinkTarget(Path.Combine(task, "ns/net"), false)?.Name)
            .Distinct();
        Assert.Single(namespaces);
    }

    [Fact]
    public async Task ConnectAsync_NamespaceGone_Throws() =>
        await Assert.ThrowsAnyAsync<IOException>(() => NetnsDialer.ConnectAsync(path + "-none", 80, Token));
}
