namespace Nacelle.Runtime.Images.Registry;

/// <summary>One request of the distribution specification's pull side.</summary>
internal sealed record RegistryRequest
{
    public required RegistryHost Host { get; init; }

    public required string Repository { get; init; }

    /// <summary>What in the repository: <c>manifests/latest</c>, <c>blobs/sha256:…</c>.</summary>
    public required string Path { get; init; }

    public HttpMethod Method { get; init; } = HttpMethod.Get;

    public IReadOnlyList<string> Accept { get; init; } = [];

    /// <summary>Bytes to leave out at the beginning.</summary>
    public long Offset { get; init; }

    public RegistryCredentials? Credentials { get; init; }

    public Uri Address => new(Host.Address, $"/v2/{Repository}/{Path}");
}
