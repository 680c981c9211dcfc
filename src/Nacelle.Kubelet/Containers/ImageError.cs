namespace Nacelle.Kubelet.Containers;

/// <summary>Why a pull failed, and when.</summary>
public sealed record ImageError(string Message, DateTimeOffset At);
