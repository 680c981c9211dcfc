using k8s.Models;
using Nacelle.Kubernetes.Quantities;

namespace Nacelle.Kubelet.Resources;

/// <summary>Reads the resource lists of the API's models (<c>requests</c>, <c>limits</c>, <c>allocatable</c>).</summary>
internal static class ResourceLists
{
    public const string Cpu = "cpu";
    public const string Memory = "memory";
    public const string EphemeralStorage = "ephemeral-storage";
    public const string HugePages = "hugepages-";

    /// <summary>The amount of a resource; zero where the list has none.</summary>
    public static Quantity Get(IDictionary<string, ResourceQuantity>? list, string resource) =>
        list is not null && list.TryGetValue(resource, out var quantity) ? ToQuantity(quantity) : Quantity.Zero;

    /// <summary>The client library's own arithmetic has faults; ours reads what it wrote down.</summary>
    public static Quantity ToQuantity(ResourceQuantity quantity) => Quantity.Parse(quantity.ToString());

    public static ResourceQuantity ToModel(Quantity quantity) => new(quantity.ToString());

    /// <summary>The list with our amounts, without those that are zero.</summary>
    public static Dictionary<string, Quantity> Read(IDictionary<string, ResourceQuantity>? list) =>
        list is null ? [] : list.ToDictionary(pair => pair.Key, pair => ToQuantity(pair.Value), StringComparer.Ordinal);
}
