using k8s.Models;

namespace Nacelle.Controllers.Scheduling;

/// <summary>
/// What a Pod as a whole asks of a node ("Sidecar containers: resource sharing within containers" and "Pod overhead" in the Kubernetes documentation):
/// the containers together with the restartable init containers, or the largest moment of initialisation where that is more, plus the overhead.
/// Requests set for the whole Pod take the place of the containers' for cpu and memory.
/// </summary>
public static class PodRequests
{
    public static IReadOnlyDictionary<string, decimal> Of(V1Pod pod)
    {
        var total = new Dictionary<string, decimal>();
        foreach (var container in pod.Spec.Containers)
        {
            Add(total, container.Resources?.Requests);
        }

        var restartable = new Dictionary<string, decimal>();
        var largest = new Dictionary<string, decimal>();
        foreach (var container in pod.Spec.InitContainers ?? [])
        {
            if (container.RestartPolicy == "Always")
            {
                Add(total, container.Resources?.Requests);
                Add(restartable, container.Resources?.Requests);
                Raise(largest, restartable);
            }
            else
            {
                var moment = new Dictionary<string, decimal>(restartable);
                Add(moment, container.Resources?.Requests);
                Raise(largest, moment);
            }
        }

        Raise(total, largest);
        foreach (var (resource, quantity) in pod.Spec.Resources?.Requests ?? new Dictionary<string, ResourceQuantity>())
        {
            total[resource] = ResourceAmounts.Parse(quantity);
        }

        Add(total, pod.Spec.Overhead);
        return total;
    }

    private static void Add(Dictionary<string, decimal> sum, IDictionary<string, ResourceQuantity>? requests)
    {
        foreach (var (resource, quantity) in requests ?? new Dictionary<string, ResourceQuantity>())
        {
            sum[resource] = sum.GetValueOrDefault(resource) + ResourceAmounts.Parse(quantity);
        }
    }

    private static void Raise(Dictionary<string, decimal> amounts, Dictionary<string, decimal> floor)
    {
        foreach (var (resource, amount) in floor)
        {
            amounts[resource] = Math.Max(amounts.GetValueOrDefault(resource), amount);
        }
    }
}
