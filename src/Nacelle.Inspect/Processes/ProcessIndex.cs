using System.Collections.Immutable;
using Nacelle.Linux.Cgroups;

namespace Nacelle.Inspect.Processes;

/// <summary>
/// What was last seen of the processes, and the changes between two looks as one sequence of revisions. Nothing of it is written down: the
/// sequence begins at a number that no earlier one reached, so that a revision from before a restart is unknown. Safe for concurrent use.
/// </summary>
/// <param name="tree">The machine's control groups.</param>
/// <param name="firstRevision">Higher than any revision that an index of this machine gave before; microseconds since 1970 are.</param>
public sealed class ProcessIndex(CgroupTree tree, long firstRevision)
{
    /// <summary>How many changes are kept for those who look back.</summary>
    public const int KeptChanges = 8192;

    private readonly Lock _gate = new();
    private readonly PodProcesses _processes = new(tree);
    private readonly ProcessReader _glance = new();
    private readonly Dictionary<(int HostPid, long StartTicks), IndexedProcess> _present = [];
    private readonly Dictionary<string, (ulong Ran, bool Users)> _unchanged = new(StringComparer.Ordinal);
    private readonly Dictionary<int, string> _podUids = [];
    private readonly Queue<ProcessChange> _log = new();
    private long _revision = firstRevision;
    private long _forgotten = firstRevision;
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>The last change's number.</summary>
    public long Revision
    {
        get
        {
            lock (_gate)
            {
                return _revision;
            }
        }
    }

    /// <summary>Looks at the containers and counts what changed.</summary>
    /// <param name="containers">All running containers of the Pods in scope.</param>
    /// <param name="scope">The Pods that <paramref name="containers"/> stands for: whatever else is known of them is gone.</param>
    /// <returns>The processes in scope, by Pod, container and PID, and the revision of that state.</returns>
    public (ImmutableArray<IndexedProcess> Items, long Revision) Refresh(IEnumerable<InspectedContainer> containers, Func<InspectedPod, bool> scope)
    {
        lock (_gate)
        {
            var before = _revision;
            var looked = containers.ToList();
            var found = new Dictionary<(int HostPid, long StartTicks), ContainerProcess>();
            foreach (var process in _processes.Read(looked))
            {
                found.TryAdd((process.Process.HostPid, process.Process.StartTicks), process);
            }

            // First who is gone: the next process of a container that was started again has the name of the one before.
            Remove(found, looked.Select(c => c.Id).ToHashSet(StringComparer.Ordinal), scope);
            var items = found.Select(f => Note(f.Key, f.Value)).ToList();
            if (_revision != before)
            {
                _changed.TrySetResult();
                _changed = NewSignal();
            }

            items.Sort(ProcessOrder.Compare);
            return ([.. items], _revision);
        }
    }

    /// <summary>
    /// The UIDs of the Pods in which a glance at each process shows a state or program other than the one known. What is new, and another user,
    /// does not show.
    /// </summary>
    public IReadOnlySet<string> FindChanged()
    {
        lock (_gate)
        {
            return Glance(users: false);
        }
    }

    /// <summary>As <see cref="FindChanged()"/>, with changed users, and processes that these containers' control groups gained or lost.</summary>
    public IReadOnlySet<string> FindChanged(IEnumerable<InspectedContainer> containers)
    {
        lock (_gate)
        {
            var changed = Glance(users: true);
            AddStrays(changed, containers, lostParents: false);
            return changed;
        }
    }

    /// <summary>
    /// The UIDs of the Pods in which something changed that neither the process connector tells nor a glance shows: a process was moved to another control
    /// group, ended unseen and is not reaped, or lost a parent that is in no container. The next glance is at every process.
    /// </summary>
    public IReadOnlySet<string> FindStrays(IEnumerable<InspectedContainer> containers)
    {
        lock (_gate)
        {
            _unchanged.Clear();
            var strays = new HashSet<string>(StringComparer.Ordinal);
            AddStrays(strays, containers, lostParents: true);
            return strays;
        }
    }

    /// <summary>The UID of the Pod that a process on the host is of, as far as is known; null for none.</summary>
    public string? FindPodUid(int hostPid)
    {
        lock (_gate)
        {
            return _podUids.GetValueOrDefault(hostPid);
        }
    }

    /// <summary>The changes after a revision, oldest first, and a task that ends when there are more.</summary>
    /// <exception cref="RevisionUnknownException">The revision is too old, or was never given.</exception>
    public (ImmutableArray<ProcessChange> Changes, Task More) Since(long revision)
    {
        lock (_gate)
        {
            return revision < _forgotten || revision > _revision
                ? throw new RevisionUnknownException(revision, _forgotten)
                : ([.. _log.SkipWhile(c => c.Revision <= revision)], _changed.Task);
        }
    }

    private HashSet<string> Glance(bool users)
    {
        var changed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pod in _present.GroupBy(p => p.Value.Value.Container.Pod.Uid, StringComparer.Ordinal))
        {
            // Nothing but a process itself changes its state, program or user: where none ran since all were as known, all still are.
            var ran = PodTime.TryRead(tree, pod.Select(p => p.Value.Value.Container.CgroupPath));
            if (ran is { } time && _unchanged.TryGetValue(pod.Key, out var before) && before.Ran == time && (before.Users || !users))
            {
                continue;
            }

            if (!pod.All(p => IsAsKnown(p.Key, p.Value.Value.Process, users)))
            {
                changed.Add(pod.Key);
            }
            else if (ran is { } now && pod.All(p => Phase(p.Value.Value.Process.State) != Phase(ProcessState.Zombie)))
            {
                // Of a zombie another one disposes, which may be in no container.
                _unchanged[pod.Key] = (now, users);
            }
        }

        return changed;
    }

    private bool IsAsKnown((int HostPid, long StartTicks) key, ObservedProcess known, bool users) =>
        _glance.TryReadStat(key.HostPid, out var stat) && stat.StartTicks == key.StartTicks
        && Phase(ProcessReader.StateOf(stat.State)) == Phase(known.State) && !IsOther(stat.Image, known)
        && (!users || !_glance.TryReadStatus(key.HostPid, out var status) || (status.Uid == known.Uid && status.Gid == known.Gid));

    /// <summary>Adds the Pods of containers that hold other processes than those known, as far as they are not among the found already.</summary>
    private void AddStrays(HashSet<string> found, IEnumerable<InspectedContainer> containers, bool lostParents)
    {
        var known = _present.Values.ToLookup(p => p.Value.Container.Id, p => p.Value.Process, StringComparer.Ordinal);
        foreach (var container in containers)
        {
            var processes = known[container.Id];
            if (!found.Contains(container.Pod.Uid) && (!HoldsWhatIsKnown(container, processes) || (lostParents && processes.Any(LostItsParent))))
            {
                found.Add(container.Pod.Uid);
            }
        }
    }

    /// <summary>
    /// Whether the container's group lists the processes that are known to be in it, and no other, and counts their threads. Those that have ended may be in
    /// the list or not.
    /// </summary>
    private bool HoldsWhatIsKnown(InspectedContainer container, IEnumerable<ObservedProcess> known)
    {
        var pids = _processes.Pids(container).ToHashSet();
        foreach (var process in known)
        {
            if (!pids.Remove(process.HostPid) && Phase(process.State) != Phase(ProcessState.Zombie))
            {
                return false;
            }
        }

        return pids.Count == 0 && (_processes.CountThreads(container) is not { } count || count == known.Sum(p => (long)p.Threads));
    }

    // A parent in the Pod ends as a known process.
    private bool LostItsParent(ObservedProcess known) =>
        !_podUids.ContainsKey(known.ParentHostPid) && _glance.TryReadStat(known.HostPid, out var stat) && stat.ParentPid != known.ParentHostPid;

    /// <summary>
    /// Counts the end of what was not found. Two looks at once may come in the other order than their lists of containers: a process of a container that is
    /// not in the list is gone only where the kernel says so, too.
    /// </summary>
    private void Remove(Dictionary<(int HostPid, long StartTicks), ContainerProcess> found, HashSet<string> looked, Func<InspectedPod, bool> scope)
    {
        foreach (var (key, known) in _present.Where(p => !found.ContainsKey(p.Key) && scope(p.Value.Value.Container.Pod)).ToList())
        {
            if (looked.Contains(known.Value.Container.Id) || !Exists(key.HostPid, key.StartTicks))
            {
                _present.Remove(key);
                _podUids.Remove(key.HostPid);
                Log(known, null);
            }
        }
    }

    private bool Exists(int hostPid, long startTicks) => _glance.TryReadStat(hostPid, out var stat) && stat.StartTicks == startTicks;

    private IndexedProcess Note((int HostPid, long StartTicks) key, ContainerProcess process)
    {
        _present.TryGetValue(key, out var known);
        var entry = known is not null && !Differs(known.Value, process)
            ? known with { Value = process }
            : Log(known, process);
        _present[key] = entry;
        _podUids[key.HostPid] = process.Container.Pod.Uid;
        return entry;
    }

    private IndexedProcess Log(IndexedProcess? before, ContainerProcess? after)
    {
        _revision++;
        var entry = new IndexedProcess(after ?? before!.Value, _revision);
        _log.Enqueue(new ProcessChange(_revision, before, after is null ? null : entry));
        while (_log.Count > KeptChanges)
        {
            _forgotten = _log.Dequeue().Revision;
        }

        return entry;
    }

    /// <summary>What counts as a change: another program, user, parent or container; ended, stopped or going on; other labels. Running and sleeping do not.</summary>
    internal static bool Differs(ContainerProcess before, ContainerProcess after) =>
        IsOther(after.Process.Image, before.Process)
        || before.Process.Uid != after.Process.Uid || before.Process.Gid != after.Process.Gid
        || Phase(before.Process.State) != Phase(after.Process.State)
        || before.ParentPid != after.ParentPid || before.Origin != after.Origin
        || before.Container.Id != after.Container.Id
        || !SameLabels(before.Container.Pod.Labels, after.Container.Pod.Labels);

    // A process that is ending has no image any more: that is no other program.
    private static bool IsOther(ulong image, ObservedProcess known) => image != known.Image && image != 0;

    private static int Phase(ProcessState state) => state switch
    {
        ProcessState.Zombie or ProcessState.Dead => 2,
        ProcessState.Stopped or ProcessState.Traced => 1,
        _ => 0,
    };

    private static bool SameLabels(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        ReferenceEquals(before, after)
        || (before.Count == after.Count && before.All(label => after.TryGetValue(label.Key, out var value) && value == label.Value));

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
