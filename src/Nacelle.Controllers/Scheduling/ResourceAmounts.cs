using k8s.Models;
using Nacelle.Kubernetes.Quantities;

namespace Nacelle.Controllers.Scheduling;

/// <summary>Quantities as exact numbers in the resource's own unit (CPUs, bytes, pieces), to the thousandth.</summary>
public static class ResourceAmounts
{
    public static decimal Parse(ResourceQuantity quantity) => Quantity.Parse(quantity.ToString()).MilliValue / 1000m;

    /// <summary>The amount of a resource in a list; 0 where the list does not name it.</summary>
    public static decimal Get(IDictionary<string, ResourceQuantity>? list, string resource)
        => list is not null && list.TryGetValue(resource, out var quantity) ? Parse(quantity) : 0;
}
