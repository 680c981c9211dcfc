using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Serialization;

namespace Nacelle.Runtime.Networking;

/// <summary>What one sandbox holds of the network, as it stands on disk (version 1).</summary>
internal sealed record PodLease
{
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    public required string SandboxId { get; init; }

    public required string Address { get; init; }

    public ImmutableArray<HostPort> HostPorts { get; init; } = [];

    /// <summary>The sandbox gave it back; the address is free once the old device is gone.</summary>
    public bool Removing { get; init; }

    [JsonIgnore]
    public IPAddress IpAddress => IPAddress.Parse(Address);
}
