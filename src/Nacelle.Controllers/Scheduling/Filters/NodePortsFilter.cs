using k8s.Models;

namespace Nacelle.Controllers.Scheduling.Filters;

/// <summary>A host port is free when no Pod of the node holds the same port and protocol on the same address, or on every address.</summary>
public static class NodePortsFilter
{
    private const string EveryAddress = "0.0.0.0";

    public static IReadOnlyList<Refusal> Check(V1Pod pod, NodeInfo node)
    {
        var wanted = HostPorts(pod).ToList();
        return wanted.Count > 0 && node.Pods.SelectMany(HostPorts).Any(taken => wanted.Any(port => Collide(port, taken)))
            ? [new Refusal("node(s) didn't have free ports for the requested pod ports", EndsWithFewerPods: true)]
            : [];
    }

    private static bool Collide((string Address, string Protocol, int Port) one, (string Address, string Protocol, int Port) other)
        => one.Port == other.Port && one.Protocol == other.Protocol
            && (one.Address == other.Address || one.Address == EveryAddress || other.Address == EveryAddress);

    /// <summary>Containers and restartable init containers run together; the ports of other init containers are not reserved.</summary>
    private static IEnumerable<(string Address, string Protocol, int Port)> HostPorts(V1Pod pod)
        => (pod.Spec.InitContainers ?? []).Where(container => container.RestartPolicy == "Always")
            .Concat(pod.Spec.Containers)
            .SelectMany(container => container.Ports ?? [])
            .Where(port => port.HostPort is > 0)
            .Select(port => (
                string.IsNullOrEmpty(port.HostIP) ? EveryAddress : port.HostIP,
                string.IsNullOrEmpty(port.Protocol) ? "TCP" : port.Protocol,
                port.HostPort!.Value));
}
