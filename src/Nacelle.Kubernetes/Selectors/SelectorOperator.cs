namespace Nacelle.Kubernetes.Selectors;

/// <summary>How a label selector's requirement compares.</summary>
public enum SelectorOperator
{
    DoesNotExist,
    Equals,
    DoubleEquals,
    In,
    NotEquals,
    NotIn,
    Exists,
    GreaterThan,
    LessThan,
}
