using Nacelle.Linux.Cgroups;
using Nacelle.Linux.Namespaces;

namespace Nacelle.Inspect.Processes;

/// <summary>What the kernel says of a container by its first process; it stays the same for as long as that process lives.</summary>
/// <param name="StartTicks">When the process started, in clock ticks since boot.</param>
/// <param name="CgroupPath">Its control group, from the hierarchy's root.</param>
/// <param name="NamespaceDepth">How deep its PID namespace is: 0 is the host's.</param>
/// <param name="PidNamespace">Inode number of that namespace.</param>
public sealed record ContainerProbe(long StartTicks, string CgroupPath, int NamespaceDepth, ulong PidNamespace)
{
    /// <summary>Null where the process has ended.</summary>
    /// <param name="tree">The machine's control groups.</param>
    /// <param name="mainPid">The container's first process, on the host.</param>
    public static ContainerProbe? TryRead(CgroupTree tree, int mainPid)
    {
        // A first thread that has ended is in the control group of the root, whatever the others are in.
        if (new ProcessReader().TryRead(mainPid) is not { } process || LivingThread.Find(mainPid) is not { } thread
            || CgroupMembership.TryRead(tree, thread.Id) is not { } path || NamespaceLink.TryRead(mainPid, "pid") is not { } pidNamespace)
        {
            return null;
        }

        return new ContainerProbe(process.StartTicks, path, process.NamespacePids.Length - 1, pidNamespace);
    }
}
