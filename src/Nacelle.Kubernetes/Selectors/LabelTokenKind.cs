namespace Nacelle.Kubernetes.Selectors;

internal enum LabelTokenKind
{
    Fault,
    End,
    Close,
    Comma,
    Not,
    DoubleEquals,
    Equals,
    Greater,
    Identifier,
    In,
    Less,
    NotEquals,
    NotIn,
    Open,
}
