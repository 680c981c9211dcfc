using System.Text.Json;
using Nacelle.Kubernetes.Client;
using Nacelle.Kubernetes.Inspection;

namespace Nacelle.Controllers.Namespaces;

/// <summary>Asks the API server which namespaced resources it has that can be listed and deleted, each in its group's preferred version.</summary>
public sealed class ResourceDiscovery(KubernetesApi api)
{
    /// <exception cref="ApiException">The server refused.</exception>
    /// <exception cref="HttpRequestException">The server could not be reached.</exception>
    public async Task<IReadOnlyList<NamespacedResource>> FindAsync(CancellationToken cancellationToken)
    {
        var found = new List<NamespacedResource>();
        found.AddRange(Read("api/v1", "", await api.GetJsonAsync("api/v1", cancellationToken)));
        var groups = await api.GetJsonAsync("apis", cancellationToken);
        foreach (var group in groups.GetProperty("groups").EnumerateArray())
        {
            // Processes end with their Pods; deleting one is to kill it, and the Pod's owner decides about that.
            if (group.GetProperty("name").GetString() == InspectGroup.Name)
            {
                continue;
            }

            var version = group.TryGetProperty("preferredVersion", out var preferred) ? preferred : group.GetProperty("versions")[0];
            var prefix = "apis/" + version.GetProperty("groupVersion").GetString();
            found.AddRange(Read(prefix, group.GetProperty("name").GetString()!, await api.GetJsonAsync(prefix, cancellationToken)));
        }

        return found;
    }

    /// <summary>Reads an APIResourceList; subresources are not resources of their own here.</summary>
    public static IEnumerable<NamespacedResource> Read(string prefix, string group, JsonElement list)
    {
        foreach (var resource in list.GetProperty("resources").EnumerateArray())
        {
            var name = resource.GetProperty("name").GetString()!;
            var verbs = resource.GetProperty("verbs").EnumerateArray().Select(verb => verb.GetString()).ToHashSet();
            if (resource.GetProperty("namespaced").GetBoolean() && !name.Contains('/') && verbs.Contains("delete") && verbs.Contains("list"))
            {
                yield return new NamespacedResource(prefix, group, name, verbs.Contains("deletecollection"));
            }
        }
    }
}
