using System.Collections.Immutable;
using System.Net;

namespace Nacelle.Runtime.Images.Registry;

/// <summary>One server that may have an image.</summary>
/// <param name="Address">Scheme, host and port.</param>
/// <param name="IsMirror">Whether it stands in for the registry that the reference names.</param>
internal sealed record RegistryHost(Uri Address, bool IsMirror)
{
    /// <summary>The servers to ask for a registry, in order: its mirrors, then itself.</summary>
    public static ImmutableArray<RegistryHost> For(string domain, RegistryOptions options)
    {
        ImmutableArray<Uri> mirrors = options.Mirrors.TryGetValue(domain, out ImmutableArray<Uri> found) ? found : [];
        return [.. mirrors.Select(mirror => new RegistryHost(mirror, true)), new RegistryHost(Upstream(domain, options), false)];
    }

    private static Uri Upstream(string domain, RegistryOptions options)
    {
        if (domain == "docker.io")
        {
            return new Uri("https://registry-1.docker.io");
        }

        bool plain = options.PlainHttp.Contains(domain) || IsLoopback(domain);
        return new Uri($"{(plain ? "http" : "https")}://{domain}");
    }

    private static bool IsLoopback(string domain)
    {
        string host = new Uri($"http://{domain}").Host.Trim('[', ']');
        return host == "localhost" || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));
    }
}
