using System.Text.Json.Nodes;
using Nacelle.Kubernetes.Discovery;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Resources;

/// <summary>A path below an object: another view of the same object (<c>status</c>), or an action on it (<c>binding</c>).</summary>
public sealed record Subresource : ApiSubresource
{
    /// <summary>(new, old) of a view: resets in <c>new</c> all that this path may not change.</summary>
    public Action<JsonObject, JsonObject>? PrepareForUpdate { get; init; }

    /// <summary>(new, old) of a view: refuses an update through this path.</summary>
    public Func<JsonObject, JsonObject, IReadOnlyList<FieldError>>? ValidateUpdate { get; init; }

    /// <summary>(new, old) of a view: what the client should know though it is accepted.</summary>
    public Func<JsonObject, JsonObject, IReadOnlyList<string>>? Warnings { get; init; }
}
