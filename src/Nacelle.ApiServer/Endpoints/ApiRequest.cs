using Microsoft.AspNetCore.Http;
using Nacelle.ApiServer.Admission;
using Nacelle.ApiServer.Resources;
using Nacelle.ApiServer.Security;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>One request to a resource, authenticated and taken apart.</summary>
internal sealed record ApiRequest(ApiServices Services, HttpContext Http, RequestPath Path, UserInfo User)
{
    public ResourceType Type => Path.Type;

    /// <summary>The name in the path; only for paths that have one.</summary>
    public string Name => Path.Name!;

    public List<string> Warnings { get; } = [];

    public CancellationToken Aborted => Http.RequestAborted;

    public WriteRequest ToWrite(WriteOptions options) => new()
    {
        Type = Type,
        Subresource = Path.Subresource,
        Namespace = Path.Namespace,
        Name = Path.Name ?? "",
        User = User,
        Options = options,
        Warnings = Warnings,
    };
}
