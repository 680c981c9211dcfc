using System.Globalization;
using k8s.Models;
using Nacelle.Kubelet.Resources;
using Nacelle.Kubernetes.Quantities;

namespace Nacelle.Kubelet.Environments;

/// <summary>The amounts that a <c>resourceFieldRef</c> may name, divided and rounded up (API reference, ResourceFieldSelector).</summary>
internal static class ResourceFields
{
    /// <param name="reference">Its container name does not count here: the container is given.</param>
    /// <param name="node">Stands in for limits of CPU, memory and ephemeral storage that the container does not have.</param>
    /// <exception cref="ContainerConfigException">There is no such resource.</exception>
    public static string Value(V1Container container, V1ResourceFieldSelector reference, NodeResources node)
    {
        var (kind, resource) = Split(reference.Resource);
        var (requests, limits) = (container.Resources?.Requests, container.Resources?.Limits);
        var amount = ResourceLists.Get(kind == "limits" ? limits : requests, resource);
        if (kind == "limits" && limits?.ContainsKey(resource) != true)
        {
            amount = OfNode(resource, node);
        }

        var divisor = reference.Divisor is { } given ? ResourceLists.ToQuantity(given) : Quantity.Zero;
        return resource == ResourceLists.Cpu
            ? Divide(amount.MilliValue, divisor.IsZero ? 1000 : divisor.MilliValue)
            : Divide(amount.Value, divisor.IsZero ? 1 : divisor.Value);
    }

    private static (string Kind, string Resource) Split(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var (kind, resource) = dot < 0 ? ("", "") : (name[..dot], name[(dot + 1)..]);
        return kind is "limits" or "requests" && (resource is ResourceLists.Cpu or ResourceLists.Memory or ResourceLists.EphemeralStorage
                || resource.StartsWith(ResourceLists.HugePages, StringComparison.Ordinal))
            ? (kind, resource)
            : throw new ContainerConfigException($"unsupported container resource : {name}");
    }

    private static Quantity OfNode(string resource, NodeResources node) => resource switch
    {
        ResourceLists.Cpu => Quantity.FromMilli(node.CpuMilli, QuantityFormat.DecimalSi),
        ResourceLists.Memory => Quantity.FromValue(node.MemoryBytes, QuantityFormat.BinarySi),
        ResourceLists.EphemeralStorage => Quantity.FromValue(node.EphemeralStorageBytes, QuantityFormat.BinarySi),
        _ => Quantity.Zero,
    };

    private static string Divide(long amount, long divisor) =>
        ((amount / divisor) + (amount % divisor == 0 ? 0 : 1)).ToString(CultureInfo.InvariantCulture);
}
