namespace Nacelle.Kubernetes.Errors;

/// <summary>One entry of <c>Status.details.causes</c>; an empty string is left out of the document.</summary>
public sealed record StatusCause(string Reason, string Message, string Field);
