using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Nacelle.UnitTests.Kubelet.Fakes;

/// <summary>A CRI runtime on a unix socket whose sandboxes and containers are entries of a dictionary.</summary>
internal sealed class FakeRuntime : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _directory;

    private FakeRuntime(WebApplication app, FakeRuntimeState state, string directory) => (_app, State, _directory) = (app, state, directory);

    public FakeRuntimeState State { get; }

    public string SocketPath => Path.Combine(_directory, "cri.sock");

    public static async Task<FakeRuntime> StartAsync()
    {
        var directory = Directory.CreateTempSubdirectory("cri").FullName;
        var state = new FakeRuntimeState(directory);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(state);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(
            Path.Combine(directory, "cri.sock"), listen => listen.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        app.MapGrpcService<FakeRuntimeService>();
        app.MapGrpcService<FakeImageService>();
        await app.StartAsync(TestContextToken);
        return new FakeRuntime(app, state, directory);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static CancellationToken TestContextToken => Xunit.TestContext.Current.CancellationToken;
}
