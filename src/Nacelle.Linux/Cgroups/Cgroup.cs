using System.Collections.Immutable;
using System.Globalization;
using Nacelle.Linux.Processes;

namespace Nacelle.Linux.Cgroups;

/// <summary>One control group, in every hierarchy that counts. Holds nothing open: the directories are the state.</summary>
public sealed class Cgroup
{
    private readonly CgroupTree tree;

    internal Cgroup(CgroupTree tree, string path)
    {
        this.tree = tree;
        Path = "/" + path.Trim('/');
    }

    /// <summary>Absolute from the hierarchies' roots.</summary>
    public string Path { get; }

    /// <summary>The group's directories, one for each hierarchy.</summary>
    public ImmutableArray<string> Directories => [.. tree.Hierarchies.Select(mount => CgroupTree.Join(mount, Path))];

    /// <summary>Whether it exists in any hierarchy.</summary>
    public bool Exists => Directories.Any(Directory.Exists);

    /// <summary>Makes the group, its missing ancestors too; one that exists already is no error.</summary>
    /// <exception cref="IOException">A directory can't be made.</exception>
    public void Create()
    {
        foreach (var mount in tree.Hierarchies)
        {
            var directory = mount;
            foreach (var name in Path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                if (tree.Version == CgroupVersion.V2)
                {
                    CgroupFiles.EnableControllers(directory);
                }

                var parent = directory;
                directory += "/" + name;
                if (!Directory.Exists(directory))
                {
                    Directory.CreateDirectory(directory);
                    CgroupFiles.InheritCpuset(parent, directory);
                }
            }
        }
    }

    /// <summary>Sets the limits that are given.</summary>
    /// <exception cref="IOException">The kernel refused a value, or a controller is missing.</exception>
    public void Apply(CgroupLimits limits) => CgroupLimitFiles.Apply(tree, Path, limits);

    /// <summary>Moves a process into the group, in every hierarchy.</summary>
    /// <exception cref="IOException">The kernel refused (ESRCH: it has ended).</exception>
    public void Add(int pid)
    {
        var text = pid.ToString(CultureInfo.InvariantCulture);
        foreach (var directory in Directories)
        {
            CgroupFiles.Write(directory + "/cgroup.procs", text);
        }
    }

    /// <summary>The PIDs in the group and the groups below it, in no order; empty when the group is gone.</summary>
    public IReadOnlySet<int> ListProcesses()
    {
        var result = new HashSet<int>();

        // Whoever moves a process in v1 does it hierarchy by hierarchy: one is not enough to see all.
        foreach (var directory in CgroupFiles.OccupiedDirectories(tree, Path))
        {
            CgroupFiles.AddProcesses(directory, result);
        }

        return result;
    }

    /// <summary>
    /// Kills everything in the group and below, again and again until nothing is left, and waits for that.
    /// </summary>
    /// <returns>How many different processes were killed.</returns>
    /// <exception cref="OperationCanceledException">Cancelled while processes that don't die (state D) were left.</exception>
    public async Task<int> KillAllAsync(CancellationToken cancellationToken)
    {
        var killed = new HashSet<int>();
        for (var round = 0; ; round++)
        {
            var processes = ListProcesses();
            if (processes.Count == 0)
            {
                break;
            }

            // What forks faster than it is killed has to be stopped first.
            if (round == 3)
            {
                CgroupFiles.Freeze(tree, Path, frozen: true);
            }

            killed.UnionWith(processes);
            if (tree.Version != CgroupVersion.V2 || !CgroupFiles.TryWrite(CgroupTree.Join(tree.Unified!, Path) + "/cgroup.kill", "1"))
            {
                foreach (var pid in processes)
                {
                    ProcessSignal.Send(pid, Signal.Kill);
                }
            }

            if (round >= 3)
            {
                CgroupFiles.Freeze(tree, Path, frozen: false);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(1 << round, 20)), cancellationToken).ConfigureAwait(false);
        }

        return killed.Count;
    }

    /// <summary>Removes the group and the groups below it; one that does not exist is no error.</summary>
    /// <returns>False when a hierarchy still holds a process (EBUSY): kill it first, or try again.</returns>
    /// <remarks>On a hybrid machine OCI runtimes make the group in the cgroup2 hierarchy too, where it holds nothing that counts.</remarks>
    public bool Remove() => Directories.Concat(tree.Unified is { } unified ? [CgroupTree.Join(unified, Path)] : []).Distinct()
        .Select(CgroupFiles.RemoveTree).ToList().TrueForAll(removed => removed);

    /// <summary>Kills what is in the group and removes it, as often as it takes.</summary>
    /// <returns>How many different processes were killed.</returns>
    /// <exception cref="OperationCanceledException">Cancelled before it was gone.</exception>
    public async Task<int> DestroyAsync(CancellationToken cancellationToken)
    {
        var killed = 0;
        for (var round = 0; ; round++)
        {
            killed += await KillAllAsync(cancellationToken).ConfigureAwait(false);
            if (Remove())
            {
                return killed;
            }

            // A process that has just died still occupies the group for a moment.
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(1 + round, 20)), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What it uses; null when the group is gone.</summary>
    public CgroupUsage? ReadUsage() => Exists ? CgroupUsageFiles.Read(tree, Path) : null;

    /// <summary>How many of its processes the kernel killed for want of memory; 0 when unknown.</summary>
    public long ReadOomKills() => CgroupUsageFiles.ReadOomKills(tree, Path);
}
