using Nacelle.Runtime.Containers;
using Runtime.V1;

namespace Nacelle.Runtime.Sandboxes;

/// <summary>What sandboxes use: the Pod's cgroup, its network devices, its containers.</summary>
internal static class SandboxUsage
{
    public static PodSandboxStats Read(RuntimeParts parts, Sandbox sandbox)
    {
        var now = parts.Time.Nanoseconds();
        var stats = new PodSandboxStats
        {
            Attributes = new PodSandboxAttributes { Id = sandbox.Id, Metadata = sandbox.Config.Metadata },
            Linux = new LinuxPodSandboxStats(),
        };
        stats.Attributes.Labels.Add(sandbox.Config.Labels);
        stats.Attributes.Annotations.Add(sandbox.Config.Annotations);
        var path = sandbox.Record.CgroupPath;
        var pod = parts.Cgroups.Open(path[..path.LastIndexOf('/')]);
        if (pod.ReadUsage() is { } usage)
        {
            stats.Linux.Cpu = ContainerUsage.Cpu(usage, now);
            stats.Linux.Memory = ContainerUsage.Memory(usage, now);
        }

        stats.Linux.Process = new ProcessUsage { Timestamp = now, ProcessCount = new UInt64Value { Value = (ulong)pod.ListProcesses().Count } };
        if (!sandbox.HasHostNetwork && sandbox.Record is { Phase: SandboxPhase.Ready, PausePid: var pid })
        {
            stats.Linux.Network = Network(pid, now);
        }

        stats.Linux.Containers.AddRange(parts.Containers.InSandbox(sandbox.Id)
            .Where(container => container.Record.Phase == ContainerPhase.Running)
            .Select(container => ContainerUsage.Read(parts, container)));
        return stats;
    }

    private static NetworkUsage Network(int pid, long now)
    {
        var usage = new NetworkUsage { Timestamp = now };
        try
        {
            foreach (var counters in NetworkCounters.Parse(File.ReadLines($"/proc/{pid}/net/dev")).Where(one => one.Name != "lo"))
            {
                usage.Interfaces.Add(counters);
            }
        }
        catch (IOException)
        {
            // /pause has just ended.
        }

        usage.DefaultInterface = usage.Interfaces.FirstOrDefault(one => one.Name == "eth0");
        return usage;
    }
}
