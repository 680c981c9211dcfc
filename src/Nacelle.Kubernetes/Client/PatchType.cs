namespace Nacelle.Kubernetes.Client;

/// <summary>The patch formats of the API, by what their content types mean.</summary>
public enum PatchType
{
    /// <summary>RFC 6902.</summary>
    Json,

    /// <summary>RFC 7386.</summary>
    Merge,

    /// <summary>Kubernetes' own: lists with a merge key are merged by it.</summary>
    StrategicMerge,
}
