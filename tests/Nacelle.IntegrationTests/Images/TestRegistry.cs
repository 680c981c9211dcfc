using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nacelle.Runtime.Images;

namespace Nacelle.IntegrationTests.Images;

/// <summary>A small registry on loopback that can be told to misbehave.</summary>
internal sealed class TestRegistry : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, (string Type, byte[] Content)> content = new();

    private TestRegistry()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        app = builder.Build();
        app.Run(AnswerAsync);
    }

    public Uri Address { get; private set; } = null!;

    /// <summary>As a reference names it.</summary>
    public string Domain => Address.Authority;

    /// <summary>Each request as <c>METHOD /path</c>, in the order they came.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Looked at first; true means it has answered.</summary>
    public Func<HttpContext, Task<bool>>? Intercept { get; set; }

    public static async Task<TestRegistry> StartAsync()
    {
        TestRegistry registry = new();
        await registry.app.StartAsync();
        IServerAddressesFeature addresses = registry.app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<IServerAddressesFeature>()!;
        registry.Address = new Uri(addresses.Addresses.Single());
        return registry;
    }

    /// <summary>Serves an image under a name and tag.</summary>
    public TestImage Add(string repository, string tag, TestImage image)
    {
        foreach ((byte[] blob, _) in image.Layers)
        {
            Put($"/v2/{repository}/blobs/{Digest.Of(blob)}", "application/octet-stream", blob);
        }

        Put($"/v2/{repository}/blobs/{image.Id}", "application/octet-stream", image.ConfigBlob);
        AddManifest(repository, tag, image.ManifestType, image.Manifest);
        return image;
    }

    public void AddManifest(string repository, string tag, string type, byte[] manifest)
    {
        Put($"/v2/{repository}/manifests/{tag}", type, manifest);
        Put($"/v2/{repository}/manifests/{Digest.Of(manifest)}", type, manifest);
    }

    public void Put(string path, string type, byte[] bytes) => content[path] = (type, bytes);

    public void Remove(string path) => content.TryRemove(path, out _);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        string path = context.Request.Path.Value!;
        Requests.Enqueue($"{context.Request.Method} {path}");
        if (Intercept is { } intercept && await intercept(context))
        {
            return;
        }

        if (!content.TryGetValue(path, out (string Type, byte[] Content) found))
        {
            context.Response.StatusCode = 404;
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("""{"errors":[{"code":"MANIFEST_UNKNOWN"}]}"""));
            return;
        }

        context.Response.ContentType = found.Type;
        if (path.Contains("/manifests/", StringComparison.Ordinal))
        {
            context.Response.Headers["Docker-Content-Digest"] = Digest.Of(found.Content).ToString();
        }

        int from = context.Request.GetTypedHeaders().Range?.Ranges.FirstOrDefault()?.From is { } offset ? (int)offset : 0;
        context.Response.StatusCode = from > 0 ? 206 : 200;
        context.Response.ContentLength = found.Content.Length - from;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(found.Content.AsMemory(from));
        }
    }
}
