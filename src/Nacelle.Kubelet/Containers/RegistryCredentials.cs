using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using k8s.Models;
using Runtime.V1;

namespace Nacelle.Kubelet.Containers;

/// <summary>
/// Credentials of a Pod's imagePullSecrets (types <c>kubernetes.io/dockerconfigjson</c> and <c>kubernetes.io/dockercfg</c>), by
/// registry. The most specific entry that fits an image comes first.
/// </summary>
public sealed class RegistryCredentials
{
    private static readonly string[] DockerHub = ["docker.io", "index.docker.io", "registry-1.docker.io"];
    private readonly ImmutableArray<(string Registry, AuthConfig Auth)> _entries;

    private RegistryCredentials(ImmutableArray<(string, AuthConfig)> entries) => _entries = entries;

    public static RegistryCredentials None { get; } = new([]);

    /// <summary>Secrets that cannot be read contribute nothing.</summary>
    public static RegistryCredentials From(IEnumerable<V1Secret> secrets)
    {
        var entries = ImmutableArray.CreateBuilder<(string, AuthConfig)>();
        foreach (var secret in secrets)
        {
            try
            {
                entries.AddRange(Parse(secret));
            }
            catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
            {
                // As a kubelet does: a malformed secret is skipped, and the pull tells whether it was needed.
            }
        }

        return new RegistryCredentials(entries.ToImmutable());
    }

    /// <summary>What to try for an image, in order; empty for an anonymous pull.</summary>
    public ImmutableArray<AuthConfig> For(string image)
    {
        var name = WithRegistry(image);
        return [.. _entries.Where(e => Fits(e.Registry, name)).OrderByDescending(e => e.Registry.Length).Select(e => e.Auth)];
    }

    private static IEnumerable<(string, AuthConfig)> Parse(V1Secret secret)
    {
        var data = secret.Data ?? new Dictionary<string, byte[]>();
        if (data.TryGetValue(".dockerconfigjson", out var config))
        {
            using var document = JsonDocument.Parse(config);
            return document.RootElement.TryGetProperty("auths", out var auths) ? [.. Entries(auths)] : [];
        }

        if (data.TryGetValue(".dockercfg", out var old))
        {
            using var document = JsonDocument.Parse(old);
            return [.. Entries(document.RootElement)];
        }

        return [];
    }

    private static IEnumerable<(string, AuthConfig)> Entries(JsonElement auths)
    {
        foreach (var entry in auths.EnumerateObject())
        {
            var auth = new AuthConfig
            {
                Username = Text(entry.Value, "username"),
                Password = Text(entry.Value, "password"),
                IdentityToken = Text(entry.Value, "identitytoken"),
                ServerAddress = entry.Name,
            };
            if (Text(entry.Value, "auth") is { Length: > 0 } pair)
            {
                var words = Encoding.UTF8.GetString(Convert.FromBase64String(pair)).Split(':', 2);
                (auth.Username, auth.Password) = (words[0], words.Length > 1 ? words[1] : "");
            }

            yield return (Registry(entry.Name), auth);
        }
    }

    /// <summary>Without scheme, version path and trailing blank: <c>https://index.docker.io/v1/</c> is <c>index.docker.io</c>.</summary>
    private static string Registry(string name)
    {
        var scheme = name.IndexOf("://", StringComparison.Ordinal);
        var rest = (scheme < 0 ? name : name[(scheme + 3)..]).TrimEnd('/');
        foreach (var version in new[] { "/v1", "/v2" })
        {
            rest = rest.EndsWith(version, StringComparison.Ordinal) ? rest[..^version.Length] : rest;
        }

        return rest;
    }

    private static string WithRegistry(string image)
    {
        var slash = image.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : image[..slash];
        return first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost"
            ? image
            : "docker.io/" + (slash < 0 ? "library/" + image : image);
    }

    private static bool Fits(string registry, string image)
    {
        if (DockerHub.Contains(registry))
        {
            return image.StartsWith("docker.io/", StringComparison.Ordinal);
        }

        return image.StartsWith(registry, StringComparison.Ordinal)
            && (image.Length == registry.Length || image[registry.Length] is '/' or ':' or '@');
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
