using Nacelle.ApiServer.Resources;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>A path below <c>/api/v1</c> or <c>/apis/group/version</c>, taken apart as the API's URL layout says.</summary>
/// <param name="Type">The kind that the path names.</param>
/// <param name="Namespace">Empty for a kind without namespaces, and for all namespaces.</param>
/// <param name="Name">Null for a collection.</param>
/// <param name="Subresource">Null for the object itself.</param>
/// <param name="Watch">Whether it is one of the old <c>/watch/</c> paths.</param>
internal sealed record RequestPath(ResourceType Type, string Namespace, string? Name, Subresource? Subresource, bool Watch)
{
    /// <summary>The key of the object in its store.</summary>
    public string Key => Type.Namespaced ? $"{Namespace}/{Name}" : Name!;

    /// <param name="group">Group of the API.</param>
    /// <param name="version">Its version.</param>
    /// <param name="parts">The rest of the path, decoded.</param>
    /// <exception cref="ApiStatusException">404: there is no such resource or subresource.</exception>
    public static RequestPath Parse(string group, string version, ReadOnlySpan<string> parts)
    {
        bool watch = parts.Length > 0 && parts[0] == "watch";
        if (watch)
        {
            parts = parts[1..];
        }

        string namespaceName = "";
        if (group.Length == 0 && parts.Length > 0 && parts[0] == "namespaces" && !IsNamespaceItself(parts))
        {
            namespaceName = parts[1];
            parts = parts[2..];
        }
        else if (group.Length > 0 && parts.Length > 2 && parts[0] == "namespaces")
        {
            namespaceName = parts[1];
            parts = parts[2..];
        }

        if (parts.Length is 0 or > 3 || ResourceRegistry.Find(group, version, parts[0]) is not { } type)
        {
            throw ApiStatusException.UnknownPath();
        }

        return Resolve(type, namespaceName, parts, watch);
    }

    private static RequestPath Resolve(ResourceType type, string namespaceName, ReadOnlySpan<string> parts, bool watch)
    {
        string? name = parts.Length > 1 ? parts[1] : null;
        if (type.Namespaced ? namespaceName.Length == 0 && name is not null : namespaceName.Length > 0)
        {
            throw ApiStatusException.UnknownPath();
        }

        if (parts.Length < 3)
        {
            return new RequestPath(type, namespaceName, name, null, watch);
        }

        foreach (Subresource subresource in type.Subresources)
        {
            if (subresource.Name == parts[2])
            {
                return new RequestPath(type, namespaceName, name, subresource, watch);
            }
        }

        throw ApiStatusException.UnknownPath();
    }

    /// <summary>Whether a path that starts with <c>namespaces</c> means Namespace objects, not what is in one.</summary>
    private static bool IsNamespaceItself(ReadOnlySpan<string> parts) =>
        parts.Length < 3 || (parts.Length == 3 && parts[2] is "status" or "finalize");
}
