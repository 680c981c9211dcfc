namespace Nacelle.Inspect.Health;

/// <summary>A process that has ended, and the parent that has not asked how.</summary>
/// <param name="Process">The one that has ended.</param>
/// <param name="Parent">Its parent; null when that could not be read.</param>
public sealed record UnreapedProcess(HealthProcess Process, HealthProcess? Parent);
