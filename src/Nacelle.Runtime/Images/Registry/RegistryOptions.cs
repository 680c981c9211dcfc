using System.Collections.Immutable;

namespace Nacelle.Runtime.Images.Registry;

/// <summary>Where images come from.</summary>
public sealed record RegistryOptions
{
    /// <summary>
    /// For a registry as named in references (<c>docker.io</c>, <c>registry.example:5000</c>): servers to ask first, in this order;
    /// the registry itself is asked last. The scheme decides between HTTP and HTTPS.
    /// </summary>
    public ImmutableDictionary<string, ImmutableArray<Uri>> Mirrors { get; init; } = ImmutableDictionary<string, ImmutableArray<Uri>>.Empty;

    /// <summary>Registries, as named in references, that are spoken to by plain HTTP. Those on loopback always are.</summary>
    public ImmutableHashSet<string> PlainHttp { get; init; } = [];

    /// <summary>How long a server may take to accept a connection, names resolved included.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a server may take to answer a request, and how long a body may stand still.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a request is sent that fails in a way that may pass (5xx, 429, broken connection). At least 1.</summary>
    public int Attempts { get; init; } = 3;

    /// <summary>The pause before the second attempt; each further one is four times as long.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(300);
}
