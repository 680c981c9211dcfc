namespace Nacelle.Kubernetes.Client;

/// <summary>One event of a watch. A bookmark's object has only its resourceVersion.</summary>
public readonly record struct WatchEvent<T>(WatchEventType Type, T Item);
