using k8s.Models;

namespace Nacelle.Controllers.Scheduling;

/// <summary>A pure check of one Pod against one node: no refusal means that the node passes.</summary>
public delegate IReadOnlyList<Refusal> NodeFilter(V1Pod pod, NodeInfo node);
