using System.Collections.Immutable;
using System.Net;

namespace Nacelle.Runtime.Networking;

/// <param name="Addresses">The Pod's addresses, the one that counts first; one IPv4 address today, more with dual stack.</param>
public sealed record PodNetworkResult(ImmutableArray<IPAddress> Addresses);
