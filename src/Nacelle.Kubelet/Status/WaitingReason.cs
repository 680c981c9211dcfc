namespace Nacelle.Kubelet.Status;

/// <summary>A CamelCase reason and a sentence, as they stand in <c>state.waiting</c>.</summary>
public sealed record WaitingReason(string Reason, string Message);
