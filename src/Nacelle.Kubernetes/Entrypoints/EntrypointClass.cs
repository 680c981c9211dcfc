namespace Nacelle.Kubernetes.Entrypoints;

/// <summary>What becomes of a container's first program where it is not PID 1.</summary>
public enum EntrypointClass
{
    /// <summary>It works, or it is not known.</summary>
    Fine,

    /// <summary>It works, but gives up a part of its work and says so.</summary>
    Degrades,

    /// <summary>It ends at once: it insists on being PID 1.</summary>
    Refuses,
}
