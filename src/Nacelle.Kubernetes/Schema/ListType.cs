namespace Nacelle.Kubernetes.Schema;

/// <summary>How a list is merged and owned (server-side apply).</summary>
public enum ListType
{
    /// <summary>As one value.</summary>
    Atomic,

    /// <summary>Each scalar once.</summary>
    Set,

    /// <summary>Structures told apart by their keys.</summary>
    Map,
}
