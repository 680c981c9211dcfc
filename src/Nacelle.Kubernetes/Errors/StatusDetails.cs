namespace Nacelle.Kubernetes.Errors;

/// <summary><c>Status.details</c>: what the answer is about; empty parts are left out of the document.</summary>
public sealed record StatusDetails
{
    public string Name { get; init; } = "";

    public string Group { get; init; } = "";

    /// <summary>The resource (plural) for most errors, the kind for validation errors.</summary>
    public string Kind { get; init; } = "";

    public string Uid { get; init; } = "";

    public IReadOnlyList<StatusCause> Causes { get; init; } = [];

    /// <summary>Seconds; also the HTTP header <c>Retry-After</c> when above zero.</summary>
    public int RetryAfterSeconds { get; init; }
}
