namespace Nacelle.Inspect.Processes;

/// <summary>How a process came into its container.</summary>
public enum ProcessOrigin
{
    /// <summary>The container's first process, or started by it, or by one that was.</summary>
    Main,

    /// <summary>Came in from outside: <c>kubectl exec</c>, a probe or a hook, and what it started.</summary>
    Exec,

    /// <summary>Of an ephemeral container, as <c>kubectl debug</c> makes them.</summary>
    Debug,

    /// <summary>Lost its parent, and the namespace's first process adopted it: how it came in cannot be said any more.</summary>
    Adopted,

    /// <summary>The sandbox's own.</summary>
    Sandbox,
}
