using System.Collections.Immutable;
using Nacelle.Inspect.Processes;
using Nacelle.Linux.Cgroups;

namespace Nacelle.Inspect.Health;

/// <summary>
/// Looks at a Pod's processes for <see cref="HealthJudge"/>: one small file of each, and no more unless something is amiss. For one thread at a time.
/// </summary>
public sealed class HealthReader(CgroupTree tree)
{
    private readonly PodProcesses _processes = new(tree);
    private readonly ProcessReader _reader = new();
    private readonly ChildProcesses _children = new();

    /// <param name="containers">All running containers of one Pod, its sandbox among them.</param>
    public HealthSample Read(IReadOnlyCollection<InspectedContainer> containers)
    {
        var sandbox = containers.FirstOrDefault(c => c.Kind == ContainerKind.Sandbox);
        var unreaped = ImmutableArray.CreateBuilder<UnreapedProcess>();
        var adopted = ImmutableArray.CreateBuilder<HealthProcess>();
        var uses = ImmutableArray.CreateBuilder<PidUse>();
        foreach (var container in containers.Where(c => c.Kind != ContainerKind.Sandbox))
        {
            var (pids, threads) = Glance(container, sandbox, adopted);
            if (CgroupPids.TryRead(tree, container.CgroupPath) is not { } count)
            {
                continue;
            }

            AddUse(uses, container.Name, count);

            // The controller counts what has ended until it is reaped; the group's list does not name it.
            if (count.Current > threads)
            {
                AddUnreaped(unreaped, container, pids);
            }
        }

        foreach (var parent in containers.Select(c => Path.GetDirectoryName(c.CgroupPath)).OfType<string>().Where(p => p.Length > 1).Distinct())
        {
            if (CgroupPids.TryRead(tree, parent) is { } count)
            {
                AddUse(uses, "", count);
            }
        }

        return new HealthSample { Unreaped = unreaped.DrainToImmutable(), Adopted = adopted.DrainToImmutable(), PidUses = uses.DrainToImmutable() };
    }

    private (List<int> Pids, long Threads) Glance(
        InspectedContainer container, InspectedContainer? sandbox, ImmutableArray<HealthProcess>.Builder adopted)
    {
        var pids = new List<int>();
        var threads = 0L;
        foreach (var pid in _processes.Pids(container))
        {
            if (!_reader.TryReadStat(pid, out var stat))
            {
                continue;
            }

            pids.Add(pid);
            threads += stat.Threads;
            if (sandbox is not null && stat.ParentPid == sandbox.MainPid && pid != container.MainPid && container.PidNamespace == sandbox.PidNamespace
                && Describe(pid, container) is { } process)
            {
                adopted.Add(process);
            }
        }

        return (pids, threads);
    }

    private void AddUnreaped(ImmutableArray<UnreapedProcess>.Builder unreaped, InspectedContainer container, List<int> parents)
    {
        foreach (var parent in parents)
        {
            foreach (var child in _children.Of(parent))
            {
                if (!_reader.TryReadStat(child, out var stat) || ProcessReader.StateOf(stat.State) != ProcessState.Zombie)
                {
                    continue;
                }

                if (Describe(child, container) is { } process)
                {
                    unreaped.Add(new UnreapedProcess(process, Describe(parent, container)));
                }
            }
        }
    }

    private HealthProcess? Describe(int pid, InspectedContainer container) => _reader.TryRead(pid) is { } process
        ? new HealthProcess(pid, process.StartTicks, process.PidAt(container.NamespaceDepth), process.Name, container.Name)
        : null;

    private static void AddUse(ImmutableArray<PidUse>.Builder uses, string container, CgroupPids count)
    {
        if (count.Max is { } max and > 0)
        {
            uses.Add(new PidUse(container, count.Current, max, count.MaxHits));
        }
    }
}
