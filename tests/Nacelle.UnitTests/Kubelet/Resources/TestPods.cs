using k8s.Models;

namespace Nacelle.UnitTests.Kubelet.Resources;

/// <summary>Pods written as short text: containers parted by a blank, each <c>[i|s]cpuRequest/cpuLimit/memoryRequest/memoryLimit</c>, <c>-</c> for none; i is an init container, s a sidecar.</summary>
internal static class TestPods
{
    public static V1Pod Parse(string text)
    {
        var spec = new V1PodSpec { Containers = [], InitContainers = [] };
        foreach (var (word, index) in text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((w, i) => (w, i)))
        {
            var kind = word[0] is 'i' or 's' ? word[0] : 'c';
            var parts = word[(kind == 'c' ? 0 : 1)..].Split('/');
            var container = new V1Container
            {
                Name = $"c{index}",
                RestartPolicy = kind == 's' ? "Always" : null,
                Resources = new V1ResourceRequirements { Requests = List(parts[0], parts[2]), Limits = List(parts[1], parts[3]) },
            };
            (kind == 'c' ? spec.Containers : spec.InitContainers).Add(container);
        }

        return new V1Pod { Metadata = new V1ObjectMeta { Name = "p", NamespaceProperty = "ns", Uid = "u" }, Spec = spec };
    }

    private static Dictionary<string, ResourceQuantity> List(string cpu, string memory)
    {
        Dictionary<string, ResourceQuantity> list = [];
        if (cpu != "-")
        {
            list["cpu"] = new(cpu);
        }

        if (memory != "-")
        {
            list["memory"] = new(memory);
        }

        return list;
    }
}
