namespace Nacelle.Kubernetes.Discovery;

/// <summary>A parameter in the query of a request.</summary>
/// <param name="Name">As it stands in the query.</param>
/// <param name="Type"><c>string</c> or <c>integer</c>.</param>
/// <param name="Description">One sentence.</param>
public sealed record ApiParameter(string Name, string Type, string Description);
