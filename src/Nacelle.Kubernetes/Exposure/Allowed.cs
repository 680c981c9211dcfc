namespace Nacelle.Kubernetes.Exposure;

/// <summary>How an access is open to an observer, from least to most.</summary>
public enum Allowed
{
    /// <summary>Neither as it is, nor after any step that it can take by itself.</summary>
    No,

    /// <summary>After a step that it can take by itself, such as setuid(2).</summary>
    Reachable,

    /// <summary>As it is.</summary>
    Direct,
}
