using System.Collections.Immutable;

namespace Nacelle.Kubelet.Cri;

/// <summary>All that the runtime knows of one Pod; both lists newest first.</summary>
public sealed record RuntimePod
{
    public static RuntimePod Empty { get; } = new();

    public ImmutableArray<RuntimeSandbox> Sandboxes { get; init; } = [];

    public ImmutableArray<RuntimeContainer> Containers { get; init; } = [];

    public RuntimeSandbox? Sandbox => Sandboxes.FirstOrDefault();

    public bool IsEmpty => Sandboxes.IsEmpty && Containers.IsEmpty;

    /// <summary>The newest container of that name, or null.</summary>
    public RuntimeContainer? Find(string name) => Containers.FirstOrDefault(c => c.Name == name);

    /// <summary>The second newest container of that name, or null.</summary>
    public RuntimeContainer? FindPrevious(string name) => Containers.Where(c => c.Name == name).Skip(1).FirstOrDefault();
}
