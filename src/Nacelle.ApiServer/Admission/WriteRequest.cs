using Nacelle.ApiServer.Endpoints;
using Nacelle.ApiServer.Resources;
using Nacelle.ApiServer.Security;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Admission;

/// <summary>What a create, update or patch is about and who asks for it.</summary>
internal sealed record WriteRequest
{
    public required ResourceType Type { get; init; }

    /// <summary>The view that is written through, or null for the object itself.</summary>
    public Subresource? Subresource { get; init; }

    /// <summary>Empty for a kind without namespaces.</summary>
    public required string Namespace { get; init; }

    /// <summary>Name of the object; empty for a creation without one in the path.</summary>
    public string Name { get; init; } = "";

    /// <summary>Whether the new object carries the old one's resourceVersion unless the client said otherwise, as a patched one does.</summary>
    public bool InheritsVersion { get; init; }

    public required UserInfo User { get; init; }

    public required WriteOptions Options { get; init; }

    /// <summary>Collects what goes into Warning headers.</summary>
    public required List<string> Warnings { get; init; }

    public string Key(string name) => Type.Namespaced ? $"{Namespace}/{name}" : name;

    public ApiStatusException NotFound() => ApiStatusException.NotFound(Type.Group, Type.Plural, Name);

    public ApiStatusException Invalid(string name, IReadOnlyList<FieldError> errors) =>
        ApiStatusException.Invalid(Type.Group, Type.Kind, name, errors);
}
