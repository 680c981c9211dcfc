using System.Text.Json;
using Nacelle.Kubernetes.Client;

namespace Nacelle.Controllers.Namespaces;

/// <summary>
/// Deletes what a namespace holds. Pods go first, and everything else waits until they are gone: a Pod that ends may still need its Secrets, and must
/// not find the door open because what guarded it was deleted before it.
/// </summary>
public sealed class NamespaceContent(KubernetesApi api, ResourceDiscovery discovery)
{
    private const int PageSize = 500;

    /// <summary>One pass: asks for the deletion of everything that may go now, and tells what is left.</summary>
    public async Task<ContentRemains> DeleteAsync(string ns, CancellationToken cancellationToken)
    {
        IReadOnlyList<NamespacedResource> resources;
        try
        {
            resources = await discovery.FindAsync(cancellationToken);
        }
        catch (Exception e) when (e is ApiException or HttpRequestException)
        {
            return new ContentRemains(new Dictionary<string, int>(), new Dictionary<string, int>(), [], e.Message);
        }

        var pods = await DeleteAsync(ns, resources.Where(resource => resource.IsPods), cancellationToken);
        return pods.IsEmpty ? await DeleteAsync(ns, resources.Where(resource => !resource.IsPods), cancellationToken) : pods;
    }

    private async Task<ContentRemains> DeleteAsync(string ns, IEnumerable<NamespacedResource> resources, CancellationToken cancellationToken)
    {
        var left = new Dictionary<string, int>();
        var finalizers = new Dictionary<string, int>();
        var failures = new List<string>();
        foreach (var resource in resources)
        {
            try
            {
                await DeleteAllAsync(ns, resource, cancellationToken);
                foreach (var item in await ListAsync(ns, resource, cancellationToken))
                {
                    left[resource.DisplayName] = left.GetValueOrDefault(resource.DisplayName) + 1;
                    foreach (var finalizer in Finalizers(item))
                    {
                        finalizers[finalizer] = finalizers.GetValueOrDefault(finalizer) + 1;
                    }
                }
            }
            catch (Exception e) when (e is ApiException or HttpRequestException)
            {
                // The others are deleted all the same.
                failures.Add($"{resource.DisplayName}: {e.Message}");
            }
        }

        return new ContentRemains(left, finalizers, failures, null);
    }

    private async Task DeleteAllAsync(string ns, NamespacedResource resource, CancellationToken cancellationToken)
    {
        if (resource.HasDeleteCollection)
        {
            await api.DeleteJsonAsync(resource.CollectionPath(ns), cancellationToken);
            return;
        }

        foreach (var item in await ListAsync(ns, resource, cancellationToken))
        {
            try
            {
                await api.DeleteJsonAsync(
                    $"{resource.CollectionPath(ns)}/{Uri.EscapeDataString(item.GetProperty("metadata").GetProperty("name").GetString()!)}", cancellationToken);
            }
            catch (ApiException e) when (e.Code == System.Net.HttpStatusCode.NotFound)
            {
                // Gone since it was listed.
            }
        }
    }

    private async Task<IReadOnlyList<JsonElement>> ListAsync(string ns, NamespacedResource resource, CancellationToken cancellationToken)
    {
        var items = new List<JsonElement>();
        var query = $"?limit={PageSize}";
        while (true)
        {
            var list = await api.GetJsonAsync(resource.CollectionPath(ns) + query, cancellationToken);
            items.AddRange(list.GetProperty("items").EnumerateArray());
            if (!list.GetProperty("metadata").TryGetProperty("continue", out var next) || next.GetString() is not { Length: > 0 } token)
            {
                return items;
            }

            query = $"?limit={PageSize}&continue={Uri.EscapeDataString(token)}";
        }
    }

    private static IEnumerable<string> Finalizers(JsonElement item)
        => item.GetProperty("metadata").TryGetProperty("finalizers", out var finalizers)
            ? finalizers.EnumerateArray().Select(finalizer => finalizer.GetString()!)
            : [];
}
