namespace Nacelle.Audit;

/// <summary>What the command line of <c>nacelle audit</c> says.</summary>
internal sealed record AuditRequest(string? Pod, string? File, string Namespace, string Output, string? FailOn);
