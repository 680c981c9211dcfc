using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Nacelle.Kubelet.InspectApi;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.IntegrationTests.Inspect;

/// <summary>The answers of <c>pods/files</c> for one process, on loopback.</summary>
internal sealed class FilesServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private FilesServer(WebApplication app)
    {
        this.app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Client { get; }

    public static async Task<FilesServer> StartAsync(HostileContainer container)
    {
        var (pid, startTicks) = (container.Pid, container.StartTicks);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async http =>
        {
            try
            {
                await FilesAnswer.WriteAsync(http, FilesQuery.Read(http.Request.Query), pid, startTicks);
            }
            catch (ApiStatusException e) when (!http.Response.HasStarted)
            {
                http.Response.StatusCode = e.Status.Code;
                await http.Response.WriteAsync(e.Status.Message);
            }
        });
        await app.StartAsync();
        return new FilesServer(app);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
    }
}
