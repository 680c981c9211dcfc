using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Quantities;

namespace Nacelle.ApiServer.Resources.Pod;

/// <summary>Sums of what the containers of a Pod ask for, and the quality of service that follows.</summary>
internal static class PodResources
{
    /// <summary>
    /// What the containers need at once: containers and sidecars together, or the largest step of the init phase,
    /// whichever is more.
    /// </summary>
    /// <param name="section"><c>requests</c> or <c>limits</c>.</param>
    public static SortedDictionary<string, Quantity> Aggregate(JsonObject spec, string section)
    {
        SortedDictionary<string, Quantity> sum = new(StringComparer.Ordinal);
        foreach (JsonObject container in spec.Items("containers"))
        {
            Add(sum, Amounts(container, section));
        }

        SortedDictionary<string, Quantity> sidecars = new(StringComparer.Ordinal);
        SortedDictionary<string, Quantity> largest = new(StringComparer.Ordinal);
        foreach (JsonObject container in spec.Items("initContainers"))
        {
            SortedDictionary<string, Quantity> own = Amounts(container, section);
            if (container.Text("restartPolicy") == "Always")
            {
                Add(sum, own);
                Add(sidecars, own);
                own = new(sidecars, StringComparer.Ordinal);
            }
            else
            {
                Add(own, sidecars);
            }

            Raise(largest, own);
        }

        Raise(sum, largest);
        return sum;
    }

    /// <summary>The amounts of a container that can be read.</summary>
    public static SortedDictionary<string, Quantity> Amounts(JsonObject container, string section)
    {
        SortedDictionary<string, Quantity> amounts = new(StringComparer.Ordinal);
        foreach ((string name, JsonNode? value) in container.Child("resources", section) ?? [])
        {
            if (Quantity.TryParse(value.AsText() ?? "", out Quantity? amount))
            {
                amounts[name] = amount;
            }
        }

        return amounts;
    }

    /// <summary><c>Guaranteed</c>, <c>Burstable</c> or <c>BestEffort</c>, from cpu and memory only.</summary>
    public static string QualityOfService(JsonObject spec)
    {
        if (spec.Child("resources") is { Count: > 0 } && new JsonObject { ["resources"] = spec["resources"]!.DeepClone() } is { } pod
            && (Relevant(Amounts(pod, "requests")).Any() || Relevant(Amounts(pod, "limits")).Any()))
        {
            return Classify([pod]);
        }

        return Classify([.. spec.Items("containers"), .. spec.Items("initContainers")]);
    }

    private static string Classify(IReadOnlyList<JsonObject> containers)
    {
        Dictionary<string, Quantity> requests = [];
        Dictionary<string, Quantity> limits = [];
        bool guaranteed = true;
        foreach (JsonObject container in containers)
        {
            foreach ((string name, Quantity amount) in Relevant(Amounts(container, "requests")))
            {
                requests[name] = requests.TryGetValue(name, out Quantity? sum) ? sum.Add(amount) : amount;
            }

            int limited = 0;
            foreach ((string name, Quantity amount) in Relevant(Amounts(container, "limits")))
            {
                limited++;
                limits[name] = limits.TryGetValue(name, out Quantity? sum) ? sum.Add(amount) : amount;
            }

            guaranteed &= limited == 2;
        }

        if (requests.Count == 0 && limits.Count == 0)
        {
            return "BestEffort";
        }

        guaranteed &= requests.Count == limits.Count && requests.All(entry => limits.TryGetValue(entry.Key, out Quantity? limit) && limit == entry.Value);
        return guaranteed ? "Guaranteed" : "Burstable";
    }

    private static IEnumerable<KeyValuePair<string, Quantity>> Relevant(SortedDictionary<string, Quantity> amounts) =>
        amounts.Where(entry => entry.Key is "cpu" or "memory" && entry.Value.Sign > 0);

    private static void Add(SortedDictionary<string, Quantity> sum, SortedDictionary<string, Quantity> amounts)
    {
        foreach ((string name, Quantity amount) in amounts)
        {
            sum[name] = sum.TryGetValue(name, out Quantity? had) ? had.Add(amount) : amount;
        }
    }

    private static void Raise(SortedDictionary<string, Quantity> largest, SortedDictionary<string, Quantity> amounts)
    {
        foreach ((string name, Quantity amount) in amounts)
        {
            if (!largest.TryGetValue(name, out Quantity? had) || had < amount)
            {
                largest[name] = amount;
            }
        }
    }
}
