namespace Nacelle.Controllers;

/// <summary>What the controllers need: a way to the API server. They keep no state of their own.</summary>
public sealed record ControllersOptions
{
    /// <summary>Path of a kubeconfig with a client certificate or token that may read and write every namespace.</summary>
    public required string Kubeconfig { get; init; }

    /// <summary>Distinguishes this host in the events' <c>reportingInstance</c>.</summary>
    public string HostName { get; init; } = Environment.MachineName.ToLowerInvariant();

    public string Version { get; init; } = "0.0.0";
}
