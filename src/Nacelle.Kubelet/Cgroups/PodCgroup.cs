using k8s.Models;
using Nacelle.Kubelet.Resources;
using Nacelle.Linux.Cgroups;

namespace Nacelle.Kubelet.Cgroups;

/// <summary>
/// The cgroups around Pods: <c>&lt;root&gt;/kubepods[/burstable|/besteffort]/pod&lt;uid&gt;</c>, the layout of the kubelet's cgroupfs driver. The runtime makes
/// the containers' groups inside; whatever is left in a Pod's group when it is removed is killed.
/// </summary>
public sealed class PodCgroup
{
    private const string Kubepods = "kubepods";
    private readonly CgroupTree _tree;
    private readonly string _root;

    /// <param name="tree">The machine's cgroups.</param>
    /// <param name="root">Absolute from the hierarchies' roots, for example <c>/nacelle</c>; made when needed.</param>
    public PodCgroup(CgroupTree tree, string root)
    {
        _tree = tree;
        _root = root.TrimEnd('/');
    }

    /// <summary>Where a Pod's group is: what CRI calls <c>cgroup_parent</c>.</summary>
    public string PathOf(V1Pod pod) => PathOf(PodQos.Of(pod), pod.Metadata.Uid);

    /// <summary>Makes the Pod's group and sets its limits; may be repeated.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="IOException">The kernel refused a step; what was made stays for the next try or <see cref="RemoveAsync"/>.</exception>
    public string Create(V1Pod pod)
    {
        var path = PathOf(pod);
        var parent = path[..path.LastIndexOf('/')];
        if (!_tree.Open(parent).Exists)
        {
            _tree.Open(parent).Create();
            if (PodQos.Of(pod) == QosClass.BestEffort)
            {
                // Pods that asked for nothing get only what the others leave.
                _tree.Open(parent).Apply(new CgroupLimits { CpuShares = CpuLimits.Shares(0) });
            }
        }

        var group = _tree.Open(path);
        group.Create();
        group.Apply(PodCgroupLimits.Of(pod));
        return path;
    }

    /// <summary>Kills what is left in the Pod's group and removes it; a group that does not exist is no error.</summary>
    /// <param name="podUid">The Pod's uid; its spec is not needed, so that Pods which vanished can be cleaned up.</param>
    /// <param name="cancellationToken">Ends the waiting for processes that do not die (state D) or groups that stay busy.</param>
    public async Task RemoveAsync(string podUid, CancellationToken cancellationToken)
    {
        foreach (var qos in Enum.GetValues<QosClass>())
        {
            var group = _tree.Open(PathOf(qos, podUid));
            await group.KillAllAsync(cancellationToken).ConfigureAwait(false);
            while (!group.Remove())
            {
                // A process that was killed leaves its group a little later.
                await Task.Delay(TimeSpan.FromMilliseconds(5), cancellationToken).ConfigureAwait(false);
                await group.KillAllAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The uids of the Pods that have a group, alive or left over.</summary>
    public IReadOnlySet<string> ListPodUids()
    {
        HashSet<string> uids = new(StringComparer.Ordinal);
        foreach (var directory in Enum.GetValues<QosClass>().SelectMany(qos => _tree.Open(ParentOf(qos)).Directories).Where(Directory.Exists))
        {
            uids.UnionWith(Directory.EnumerateDirectories(directory, "pod*").Select(d => Path.GetFileName(d)[3..]));
        }

        return uids;
    }

    /// <summary>Removes the groups above the Pods', if no Pod is left.</summary>
    /// <returns>False where something is still inside.</returns>
    public bool RemoveRoot() => ListPodUids().Count == 0 && (_root.Length == 0 ? _tree.Open($"/{Kubepods}") : _tree.Open(_root)).Remove();

    private string PathOf(QosClass qos, string podUid) => $"{ParentOf(qos)}/pod{podUid}";

    private string ParentOf(QosClass qos) => qos switch
    {
        QosClass.Guaranteed => $"{_root}/{Kubepods}",
        QosClass.Burstable => $"{_root}/{Kubepods}/burstable",
        _ => $"{_root}/{Kubepods}/besteffort",
    };
}
