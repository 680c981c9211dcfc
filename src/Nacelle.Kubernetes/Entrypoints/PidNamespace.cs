namespace Nacelle.Kubernetes.Entrypoints;

/// <summary>Whose process namespace a container is in, in CRI's words.</summary>
public enum PidNamespace
{
    /// <summary>Its own; its first process is PID 1.</summary>
    Container,

    /// <summary>The Pod's (<c>shareProcessNamespace</c>); <c>/pause</c> is PID 1.</summary>
    Pod,

    /// <summary>The machine's (<c>hostPID</c>); the machine's init is PID 1.</summary>
    Node,

    /// <summary>Another container's (<c>targetContainerName</c> of an ephemeral container); that one's first process is PID 1.</summary>
    Target,
}
