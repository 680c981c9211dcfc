using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Nacelle.Runtime;
using Xunit;

namespace Nacelle.IntegrationTests.Runtime;

public sealed class InstanceLockTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("nrt").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StartAsync_RunDirectoryOfALiveRuntime_IsRefusedAndNothingChanged()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var options = lab.Options with { StateDirectory = $"{directory}/other" };

        var failure = await RefusedAsync(options);

        Assert.Equal($"another runtime uses {lab.Options.RunDirectory}", failure.Message);
        Assert.Empty(Directory.GetFileSystemEntries(directory));
        Assert.True((await lab.Runtime.StatusAsync(new(), cancellationToken: Cancellation)).Status.Conditions[0].Status);
    }

    [Fact]
    public async Task StartAsync_SocketThatSomebodyAnswers_IsNotTakenAway()
    {
        var path = $"{directory}/other.sock";
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();

        var failure = await RefusedAsync(new RuntimeOptions { StateDirectory = $"{directory}/s", RunDirectory = $"{directory}/r", SocketPath = path });

        Assert.Equal($"another program answers on {path}", failure.Message);
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void Take_DirectoryInUse_IsRefusedUntilItIsLetGo()
    {
        using (InstanceLock.Take(directory))
        {
            Assert.Contains(directory, Assert.Throws<RuntimeStartException>(() => InstanceLock.Take(directory)).Message, StringComparison.Ordinal);
        }

        InstanceLock.Take(directory).Dispose();
    }

    public void Dispose() => Directory.Delete(directory, recursive: true);

    private static Task<RuntimeStartException> RefusedAsync(RuntimeOptions options) =>
        Assert.ThrowsAsync<RuntimeStartException>(() => RuntimeHost.StartAsync(options, NullLoggerFactory.Instance, Cancellation));
}
