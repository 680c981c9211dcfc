using System.Net;

namespace Nacelle.Runtime.Streaming;

/// <summary>Settings of the streaming server; the defaults are those of other CRI implementations.</summary>
public sealed record StreamingOptions
{
    /// <summary>Where to listen; port 0 takes a free one. Loopback only: a URL's token is all that guards it.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>How long a URL waits for its client.</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many URLs may wait for their client at a time.</summary>
    public int MaximumTokens { get; init; } = 1000;

    /// <summary>How long a SPDY client may take to open all streams that its request announces.</summary>
    public TimeSpan StreamCreationTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a client may take to hang up after everything has been sent to it.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the WebSocket keep-alive is sent.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(10);
}
