namespace Nacelle.Kubernetes.Selectors;

/// <summary>One condition of a field selector: the field equals the value, or does not.</summary>
public sealed record FieldTerm(string Field, string Value, bool Equal);
