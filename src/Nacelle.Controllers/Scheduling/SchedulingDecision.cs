namespace Nacelle.Controllers.Scheduling;

/// <summary>The node that a Pod goes to, or the message that says why no node takes it.</summary>
public sealed record SchedulingDecision(string? NodeName, string Message);
