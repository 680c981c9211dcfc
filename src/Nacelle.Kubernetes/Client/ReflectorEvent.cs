namespace Nacelle.Kubernetes.Client;

/// <summary>For <see cref="ReflectorEventType.Replaced"/> all objects, else exactly one.</summary>
public sealed record ReflectorEvent<T>(ReflectorEventType Type, IReadOnlyList<T> Objects);
