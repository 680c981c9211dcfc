using System.Collections.Immutable;
using Runtime.V1;

namespace Nacelle.Kubelet.PodFiles;

/// <param name="Config">For CRI's PodSandboxConfig.</param>
/// <param name="Warnings">Reason and text of the Pod's warning events.</param>
public sealed record DnsOutcome(DNSConfig Config, ImmutableArray<(string Reason, string Message)> Warnings);
