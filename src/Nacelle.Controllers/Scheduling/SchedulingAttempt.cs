using k8s.Models;

namespace Nacelle.Controllers.Scheduling;

/// <summary>A Pod as it stood when it was decided on, and the decision.</summary>
public sealed record SchedulingAttempt(V1Pod Pod, SchedulingDecision Decision);
