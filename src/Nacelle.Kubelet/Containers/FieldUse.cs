namespace Nacelle.Kubelet.Containers;

/// <summary>A place in a Pod that uses a field the kubelet does not act on.</summary>
public sealed record FieldUse(string Path, FieldEffect Effect);
