namespace Nacelle.Kubernetes.Quantities;

/// <summary>How a quantity was written, and so how it is written again.</summary>
public enum QuantityFormat
{
    /// <summary><c>12e6</c>.</summary>
    DecimalExponent,

    /// <summary><c>12Mi</c>: powers of 1024.</summary>
    BinarySi,

    /// <summary><c>12M</c>, <c>250m</c>: powers of 1000.</summary>
    DecimalSi,
}
