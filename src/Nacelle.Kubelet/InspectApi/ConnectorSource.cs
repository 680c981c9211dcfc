using Nacelle.Linux.Netlink;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>Opens the process connector: <see cref="ProcessConnector.TryOpen"/>, and in a test of polling what never has one.</summary>
/// <param name="reason">Why there is none.</param>
internal delegate ProcessConnector? ConnectorSource(out string reason);
