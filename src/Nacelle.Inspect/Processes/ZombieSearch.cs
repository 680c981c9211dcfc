using System.Globalization;

namespace Nacelle.Inspect.Processes;

/// <summary>
/// The processes of the whole machine that have ended and were not reaped, by their parents. A control group does not list them, so that they are looked
/// for in <c>/proc</c>, once at most and only when they are asked for.
/// </summary>
internal sealed class ZombieSearch(ProcessReader reader)
{
    private ILookup<int, int>? _byParent;

    /// <summary>The PIDs on the host of a process's children that are zombies.</summary>
    public IEnumerable<int> ChildrenOf(int parent) => (_byParent ??= Search())[parent];

    private ILookup<int, int> Search()
    {
        var found = new List<(int Parent, int Pid)>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && reader.TryReadStat(pid, out var stat) && ProcessReader.StateOf(stat.State) == ProcessState.Zombie)
            {
                found.Add((stat.ParentPid, pid));
            }
        }

        return found.ToLookup(f => f.Parent, f => f.Pid);
    }
}
