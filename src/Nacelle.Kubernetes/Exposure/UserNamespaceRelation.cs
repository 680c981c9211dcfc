namespace Nacelle.Kubernetes.Exposure;

/// <summary>Where the target's user namespace stands, seen from the observer's (user_namespaces(7)).</summary>
public enum UserNamespaceRelation
{
    Same,

    /// <summary>The target's is below the observer's: the observer's capabilities count there.</summary>
    Below,

    /// <summary>Neither: the observer has no capability over the target.</summary>
    Elsewhere,
}
