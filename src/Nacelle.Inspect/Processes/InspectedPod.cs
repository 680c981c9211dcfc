namespace Nacelle.Inspect.Processes;

/// <summary>What of a Pod stands in its processes.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Its UID.</param>
/// <param name="Labels">Its labels, which are its processes' labels too.</param>
public sealed record InspectedPod(string Namespace, string Name, string Uid, IReadOnlyDictionary<string, string> Labels);
