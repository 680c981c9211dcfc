using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Nacelle.UnitTests.ApiServer.Endpoints;

/// <summary>A kubelet's port on loopback that answers as a test says, and keeps what it was asked.</summary>
internal sealed class StubKubelet : IAsyncDisposable
{
    private readonly WebApplication _app;

    private StubKubelet(WebApplication app) => _app = app;

    /// <summary>Method, target, headers and body of each request, as they came.</summary>
    public ConcurrentQueue<(string Method, string Target, IHeaderDictionary Headers, string Body)> Asked { get; } = new();

    public RequestDelegate Answer { get; set; } = http => http.Response.WriteAsync("{}");

    public int Port => new Uri(_app.Urls.First()).Port;

    public static async Task<StubKubelet> StartAsync(X509Certificate2 serving, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(serving)));
        var app = builder.Build();
        var kubelet = new StubKubelet(app);
        app.Run(kubelet.HandleAsync);
        await app.StartAsync(cancellationToken);
        return kubelet;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task HandleAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        Asked.Enqueue((http.Request.Method, target, new HeaderDictionary(http.Request.Headers.ToDictionary()), await reader.ReadToEndAsync()));
        await Answer(http);
    }
}
