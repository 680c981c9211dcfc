namespace Nacelle.Kubelet.Events;

/// <summary>Events that are equal in all of this are one event that happened several times.</summary>
internal sealed record EventKey(string ObjectUid, string? FieldPath, string Type, string Reason, string Message);
