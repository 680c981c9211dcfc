namespace Nacelle.Inspect.Health;

/// <summary>How near a group of processes is to its limit.</summary>
/// <param name="Container">The container; empty for the Pod as a whole.</param>
/// <param name="Current">Processes and threads now.</param>
/// <param name="Max">The limit.</param>
/// <param name="MaxHits">How often a fork failed at the limit, since the group was made.</param>
public sealed record PidUse(string Container, long Current, long Max, long MaxHits);
