namespace Nacelle.Kubelet.Events;

/// <summary>What becomes of an occurrence: dropped, sent as a new event, or counted on the one named.</summary>
internal sealed record EventVerdict(bool Drop, string? ExistingName, int Count, DateTimeOffset First);
