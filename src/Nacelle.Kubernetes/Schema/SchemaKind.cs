namespace Nacelle.Kubernetes.Schema;

/// <summary>How a value is written and what of it counts as empty.</summary>
public enum SchemaKind
{
    Text,
    Flag,
    Number32,
    Number64,

    /// <summary>Bytes, written as base64.</summary>
    Bytes,

    /// <summary>A structure with named fields.</summary>
    Structure,

    /// <summary>Any string to values of one type.</summary>
    Map,
    List,
    Quantity,
    IntOrString,

    /// <summary>RFC 3339, whole seconds, UTC.</summary>
    Time,

    /// <summary>RFC 3339 with six digits of a second, UTC.</summary>
    MicroTime,

    /// <summary>A length of time such as <c>1m30s</c>.</summary>
    Duration,

    /// <summary>Any JSON, kept as it is.</summary>
    Raw,
}
