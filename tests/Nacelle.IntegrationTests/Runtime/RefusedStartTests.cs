using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Nacelle.Runtime;
using Xunit;

namespace Nacelle.IntegrationTests.Runtime;

/// <summary>Whatever keeps the runtime from starting is one line that says what to mend.</summary>
public sealed class RefusedStartTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("nrt").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RuntimeOptions Options => new() { StateDirectory = $"{directory}/s", RunDirectory = $"{directory}/r", SocketPath = $"{directory}/r/s" };

    [Fact]
    public async Task StartAsync_BadBridgeName_SaysSo()
    {
        var failure = await RefusedAsync(Options with { Network = Options.Network with { Bridge = "no bridge" } });

        Assert.Contains("no bridge", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_BadPodCidr_SaysSo()
    {
        var failure = await RefusedAsync(Options with { Network = Options.Network with { PodCidr = IPNetwork.Parse("fd00::/64") } });

        Assert.Contains("fd00::/64", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_LeaseOfANewerVersion_SaysSo()
    {
        var leases = $"{directory}/s/network/{Options.Network.Bridge}/leases";
        Directory.CreateDirectory(leases);
        File.WriteAllText($"{leases}/10.1.1.1", """{"version":99,"sandboxId":"s","address":"10.1.1.1"}""");

        var failure = await RefusedAsync(Options);

        Assert.Contains("newer version", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(directory, recursive: true);

    private static Task<RuntimeStartException> RefusedAsync(RuntimeOptions options) =>
        Assert.ThrowsAsync<RuntimeStartException>(() => RuntimeHost.StartAsync(options, NullLoggerFactory.Instance, Cancellation));
}
