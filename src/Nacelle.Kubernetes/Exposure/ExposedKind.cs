namespace Nacelle.Kubernetes.Exposure;

/// <summary>What sort of thing an access lets through.</summary>
public enum ExposedKind
{
    Secret,

    /// <summary>A projected service account token.</summary>
    Token,
    ConfigMap,

    /// <summary>A value that stands in the manifest itself.</summary>
    Literal,
    HostPath,

    /// <summary>Any other volume.</summary>
    Volume,
}
