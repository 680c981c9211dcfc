using System.Collections.Immutable;

namespace Nacelle.Kubelet.PodFiles;

/// <param name="Servers">The cluster's DNS servers; none on a machine without such a service.</param>
/// <param name="Domain">For example <c>cluster.local</c>, or empty.</param>
public sealed record ClusterDns(ImmutableArray<string> Servers, string Domain);
