namespace Nacelle.Kubernetes.Decoding;

/// <summary>What to do about unknown and duplicate fields: the query parameter <c>fieldValidation</c>.</summary>
public enum FieldValidation
{
    /// <summary>Accept, and say it in a Warning header; the default of a request that does not say.</summary>
    Warn,

    /// <summary>Drop them silently.</summary>
    Ignore,

    /// <summary>Refuse the request.</summary>
    Strict,
}
