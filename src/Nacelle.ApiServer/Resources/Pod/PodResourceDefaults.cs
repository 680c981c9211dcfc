using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Quantities;

namespace Nacelle.ApiServer.Resources.Pod;

/// <summary>Requests that follow from limits, and amounts rounded up to thousandths.</summary>
internal static class PodResourceDefaults
{
    public static void Apply(JsonObject spec)
    {
        foreach (JsonObject container in spec.Items("containers").Concat(spec.Items("initContainers")))
        {
            if (container.Child("resources") is { } resources)
            {
                CopyLimits(resources, _ => true);
            }
        }

        if (spec.Child("resources") is { } podResources)
        {
            ApplyPodLevel(spec, podResources);
        }
    }

    /// <summary>Amounts below a thousandth become a thousandth.</summary>
    public static void RoundUp(JsonObject? resources)
    {
        RoundUpList(resources.Child("limits"));
        RoundUpList(resources.Child("requests"));
    }

    public static void RoundUpList(JsonObject? amounts)
    {
        if (amounts is null)
        {
            return;
        }

        foreach (string name in amounts.Select(entry => entry.Key).ToArray())
        {
            if (Quantity.TryParse(amounts.Text(name), out Quantity? amount))
            {
                amounts[name] = amount.RoundUpToMilli().ToString();
            }
        }
    }

    /// <summary>Resources that can be stated for the Pod as a whole.</summary>
    public static bool IsPodLevel(string name) => name is "cpu" or "memory" || name.StartsWith("hugepages-", StringComparison.Ordinal);

    private static void ApplyPodLevel(JsonObject spec, JsonObject resources)
    {
        if (resources.Child("limits") is not { Count: > 0 } && resources.Child("requests") is not { Count: > 0 })
        {
            return;
        }

        SortedDictionary<string, Quantity> containers = PodResources.Aggregate(spec, "requests");
        foreach ((string name, Quantity amount) in containers.Where(entry => entry.Key is "cpu" or "memory"))
        {
            JsonObject requests = resources.Ensure("requests");
            if (!requests.Has(name))
            {
                requests[name] = amount.ToString();
            }
        }

        CopyLimits(resources, IsPodLevel);
    }

    private static void CopyLimits(JsonObject resources, Func<string, bool> applies)
    {
        foreach ((string name, JsonNode? limit) in resources.Child("limits") ?? [])
        {
            if (applies(name) && resources.Child("requests")?.Has(name) != true)
            {
                resources.Ensure("requests")[name] = limit.AsText();
            }
        }
    }
}
