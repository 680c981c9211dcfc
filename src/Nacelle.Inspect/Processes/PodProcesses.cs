using System.Collections.Immutable;
using Nacelle.Linux.Cgroups;

namespace Nacelle.Inspect.Processes;

/// <summary>Reads the processes of containers from their control groups. For one thread at a time.</summary>
public sealed class PodProcesses(CgroupTree tree)
{
    private readonly ProcessReader _reader = new();
    private readonly ChildProcesses _children = new();
    private readonly CgroupTree _tree = tree.WithOnly(tree.HasController("pids") ? "pids" : "memory");

    /// <summary>The processes of these containers now; one that ends while it is read is left out. Parents are found among what is given: give whole Pods.</summary>
    public ImmutableArray<ContainerProcess> Read(IEnumerable<InspectedContainer> containers)
    {
        var found = ImmutableArray.CreateBuilder<ContainerProcess>();
        foreach (var pod in containers.GroupBy(c => c.Pod.Uid, StringComparer.Ordinal))
        {
            var members = new Dictionary<int, (InspectedContainer Container, ObservedProcess Process)>();
            foreach (var container in pod)
            {
                var pids = Pids(container).ToList();
                foreach (var pid in pids)
                {
                    // What the runtime still has on its way into the container is in its control group already, and not yet in its namespaces.
                    if (_reader.TryRead(pid) is { } process && process.PidAt(container.NamespaceDepth) != 0)
                    {
                        members[pid] = (container, process);
                    }
                }

                AddUnreaped(container, pids, members);
            }

            foreach (var (container, process) in members.Values)
            {
                found.Add(new ContainerProcess(container, process, ParentPid(container, process, members), Origin(container, process, members)));
            }
        }

        return found.DrainToImmutable();
    }

    /// <summary>Those that have ended and are not reaped: the group counts them, and its list leaves them out (since Linux 5.2). Their parents know them.</summary>
    private void AddUnreaped(InspectedContainer container, List<int> pids, Dictionary<int, (InspectedContainer Container, ObservedProcess Process)> members)
    {
        var threads = pids.Sum(pid => members.TryGetValue(pid, out var member) ? member.Process.Threads : 0L);
        if (CountThreads(container) is not { } count || count <= threads)
        {
            return;
        }

        foreach (var child in pids.SelectMany(_children.Of))
        {
            if (!members.ContainsKey(child) && _reader.TryRead(child) is { State: ProcessState.Zombie } process && process.PidAt(container.NamespaceDepth) != 0)
            {
                members[child] = (container, process);
            }
        }
    }

    /// <summary>What a container's control group counts: threads, and processes that have ended and are not reaped; null where nothing counts, as for a sandbox.</summary>
    internal long? CountThreads(InspectedContainer container) =>
        container.Kind == ContainerKind.Sandbox ? null : CgroupPids.TryReadCurrent(_tree, container.CgroupPath);

    /// <summary>The PIDs in a container's control group, on the host. A sandbox holds one process; its group may be the one around the containers' groups.</summary>
    internal IEnumerable<int> Pids(InspectedContainer container) =>
        container.Kind != ContainerKind.Sandbox ? _tree.Open(container.CgroupPath).ListProcesses()
        : _reader.TryReadStat(container.MainPid, out var stat) && stat.StartTicks == container.MainStartTicks ? [container.MainPid]
        : [];

    private static int ParentPid(
        InspectedContainer container, ObservedProcess process, Dictionary<int, (InspectedContainer Container, ObservedProcess Process)> members) =>
        container.NamespaceDepth == 0 ? process.ParentHostPid
        : members.TryGetValue(process.ParentHostPid, out var parent) && parent.Container.PidNamespace == container.PidNamespace
            ? parent.Process.PidAt(container.NamespaceDepth)
            : 0;

    private static ProcessOrigin Origin(
        InspectedContainer container, ObservedProcess process, Dictionary<int, (InspectedContainer Container, ObservedProcess Process)> members)
    {
        if (container.Kind is ContainerKind.Sandbox or ContainerKind.Ephemeral)
        {
            return container.Kind == ContainerKind.Sandbox ? ProcessOrigin.Sandbox : ProcessOrigin.Debug;
        }

        // Up to the first process whose parent is not in the container. Parents cannot form a ring, but they are read one after the other.
        var first = process;
        for (var steps = 0; first.HostPid != container.MainPid && steps <= members.Count; steps++)
        {
            if (!members.TryGetValue(first.ParentHostPid, out var parent) || parent.Container.Id != container.Id)
            {
                break;
            }

            first = parent.Process;
        }

        if (first.HostPid == container.MainPid)
        {
            return ProcessOrigin.Main;
        }

        // Orphans go to the first process of a shared namespace, and on the host to what watches over the container, the parent of its first process.
        var adopted = members.TryGetValue(first.ParentHostPid, out var outside) ? outside.Container.Kind == ContainerKind.Sandbox
            : container.NamespaceDepth == 0 && members.TryGetValue(container.MainPid, out var main) && main.Process.ParentHostPid == first.ParentHostPid;
        return adopted ? ProcessOrigin.Adopted : ProcessOrigin.Exec;
    }
}
