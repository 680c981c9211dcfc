using Nacelle.Linux.Cgroups;

namespace Nacelle.IntegrationTests.Runtime;

/// <summary>Looks after the cgroup that a test's Pods are in, as a kubelet would.</summary>
internal sealed class CgroupCleaner(string path)
{
    private readonly CgroupTree tree = CgroupTree.Detect();

    /// <summary>Groups beneath the Pod's: containers, /pause, conmon. The Pod's own is the caller's.</summary>
    public IEnumerable<string> FindGroups() =>
        tree.Open(path).Directories.Concat(tree.Unified is { } mount ? [mount + path] : []).Where(Directory.Exists).SelectMany(Directory.GetDirectories);

    public void Remove() => tree.Open(path[..path.LastIndexOf('/')]).Remove();
}
