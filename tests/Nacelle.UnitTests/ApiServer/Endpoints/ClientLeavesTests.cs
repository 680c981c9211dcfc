using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Logging;
using Nacelle.ApiServer;
using Nacelle.ApiServer.Security;
using Nacelle.Pki;
using Xunit;

namespace Nacelle.UnitTests.ApiServer.Endpoints;

public sealed class ClientLeavesTests
{
    /// <summary>A client may be killed at any point: that is nothing for the server's log. Several times, as the moment differs.</summary>
    [Fact]
    public async Task Create_ClientLeavesInTheMiddleOfItsBody_IsNoErrorOfTheServer()
    {
        var directory = Directory.CreateTempSubdirectory("nacelle-left-");
        try
        {
            var anywhere = new IPEndPoint(IPAddress.Loopback, 0);
            var pki = PkiDirectory.Ensure(Path.Combine(directory.FullName, "pki"), anywhere, "node", TimeProvider.System);
            var errors = new ErrorLog();
            using var loggers = LoggerFactory.Create(builder => builder.AddProvider(errors));
            await using (var server = await ApiServerHost.StartAsync(
                new ApiServerOptions
                {
                    StateDirectory = Path.Combine(directory.FullName, "state"),
                    Listen = anywhere,
                    UnixSocketPath = null,
                    ServingCertificate = pki.ApiServerServing,
                    Tokens = new Dictionary<string, UserInfo> { ["t"] = new("test", ["system:masters"]) },
                },
                loggers,
                TestContext.Current.CancellationToken))
            {
                using var handler = new SocketsHttpHandler();
                handler.SslOptions.RemoteCertificateValidationCallback = (_, served, _, _) => served?.GetCertHashString() == pki.ApiServerServing.GetCertHashString();
                using var client = new HttpClient(handler) { BaseAddress = new Uri($"https://{server.Endpoint}") };
                client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "t");
                for (var i = 0; i < 20; i++)
                {
                    await LeaveAsync(client);
                }
            }

            // The server has ended, and with it every request.
            Assert.Empty(errors.Messages);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task LeaveAsync(HttpClient client)
    {
        using var leaving = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/namespaces/default/configmaps")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new HalfBody(leaving),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SendAsync(request, leaving.Token));
    }

    /// <summary>Sends the beginning of an object, and then the client wants no more.</summary>
    private sealed class HalfBody(CancellationTokenSource leaving) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes("{"));
            await stream.FlushAsync();
            await leaving.CancelAsync();
            await Task.Delay(Timeout.Infinite, leaving.Token);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    private sealed class ErrorLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Messages { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Messages.Enqueue($"{formatter(state, exception)} {exception}");
            }
        }
    }
}
