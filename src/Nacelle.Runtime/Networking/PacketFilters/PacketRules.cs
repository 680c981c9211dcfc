using System.Collections.Immutable;
using System.Net;

namespace Nacelle.Runtime.Networking.PacketFilters;

/// <summary>What the packet filter has to do for a bridge; always the whole of it.</summary>
/// <param name="Bridge">The bridge.</param>
/// <param name="PodCidr">What comes from here and goes elsewhere leaves under the host's address.</param>
/// <param name="HostPorts">Ports of the host that lead to Pods.</param>
internal sealed record PacketRules(string Bridge, IPNetwork PodCidr, ImmutableArray<(HostPort Port, IPAddress Pod)> HostPorts);
