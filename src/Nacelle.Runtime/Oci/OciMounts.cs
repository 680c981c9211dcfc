using System.Collections.Immutable;
using Nacelle.Linux.Cgroups;
using Nacelle.Runtime.Oci.Spec;
using Runtime.V1;

namespace Nacelle.Runtime.Oci;

/// <summary>What is mounted in a container: the usual file systems, the sandbox's shared files, and what CRI asks for.</summary>
internal static class OciMounts
{
    /// <summary>The mounts in an order in which no later one hides an earlier one's target.</summary>
    /// <param name="sharedMemory">The directory that becomes /dev/shm.</param>
    /// <param name="sandboxDirectory">Holds the hostname, resolv.conf and hosts files.</param>
    public static ImmutableArray<OciMount> For(
        ContainerConfig config, CgroupVersion cgroups, bool privileged, bool readOnlyRoot, string sharedMemory, string sandboxDirectory)
    {
        var mounts = new List<OciMount>();
        mounts.AddRange(FileSystems(cgroups, privileged));
        mounts.Add(Bind(sharedMemory, "/dev/shm", ["rbind", "rprivate", "rw"]));
        foreach (var (file, path) in ((string, string)[])[("hostname", "/etc/hostname"), ("resolv.conf", "/etc/resolv.conf"), ("hosts", "/etc/hosts")])
        {
            mounts.Add(Bind($"{sandboxDirectory}/{file}", path, ["rbind", "rprivate", readOnlyRoot ? "ro" : "rw"]));
        }

        // CRI's mounts take the place of the runtime's own at the same path; a kubelet brings /etc/hosts, for example.
        var requested = config.Mounts.Select(Convert).ToList();
        mounts.RemoveAll(own => requested.Exists(one => one.Destination == own.Destination));
        mounts.AddRange(requested.OrderBy(mount => mount.Destination.Count(letter => letter == '/')));
        return [.. mounts];
    }

    /// <summary>What the root's propagation must be for the mounts to do what they say.</summary>
    public static string RootPropagation(ContainerConfig config) =>
        config.Mounts.Any(mount => mount.Propagation == MountPropagation.PropagationBidirectional) ? "rshared"
        : config.Mounts.Any(mount => mount.Propagation == MountPropagation.PropagationHostToContainer) ? "rslave"
        : "rprivate";

    private static IEnumerable<OciMount> FileSystems(CgroupVersion cgroups, bool privileged)
    {
        yield return Special("proc", "proc", "/proc", ["nosuid", "noexec", "nodev"]);
        yield return Special("tmpfs", "tmpfs", "/dev", ["nosuid", "strictatime", "mode=755", "size=65536k"]);
        yield return Special("devpts", "devpts", "/dev/pts", ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]);
        yield return Special("mqueue", "mqueue", "/dev/mqueue", ["nosuid", "noexec", "nodev"]);
        yield return Special("sysfs", "sysfs", "/sys", ["nosuid", "noexec", "nodev", privileged ? "rw" : "ro"]);
        yield return Special(
            "cgroup", "cgroup", "/sys/fs/cgroup", ["nosuid", "noexec", "nodev", "relatime", privileged && cgroups == CgroupVersion.V2 ? "rw" : "ro"]);
    }

    private static OciMount Convert(Mount mount)
    {
        if (mount.ContainerPath.Length == 0 || mount.ContainerPath[0] != '/')
        {
            throw RuntimeException.Invalid($"mount: container_path \"{mount.ContainerPath}\" is not absolute");
        }

        CheckSupported(mount);
        var propagation = mount.Propagation switch
        {
            MountPropagation.PropagationPrivate => "rprivate",
            MountPropagation.PropagationHostToContainer => "rslave",
            MountPropagation.PropagationBidirectional => "rshared",
            var other => throw RuntimeException.Invalid($"mount {mount.ContainerPath}: unknown propagation {other}"),
        };
        return Bind(mount.HostPath, mount.ContainerPath.TrimEnd('/') is { Length: > 0 } path ? path : "/", ["rbind", propagation, mount.Readonly ? "ro" : "rw"]);
    }

    private static void CheckSupported(Mount mount)
    {
        var what = mount.Image is { Image.Length: > 0 } ? "image volumes"
            : mount.RecursiveReadOnly ? "recursive read-only mounts"
            : mount.UidMappings.Count + mount.GidMappings.Count > 0 ? "id-mapped mounts"
            : mount.MountOptions.Count > 0 ? "mount options"
            : mount.SelinuxRelabel && Directory.Exists("/sys/fs/selinux/class") ? "SELinux labels"
            : null;
        if (what is not null)
        {
            throw RuntimeException.Invalid($"mount {mount.ContainerPath}: {what} are not supported");
        }

        if (mount.HostPath.Length == 0 || mount.HostPath[0] != '/')
        {
            throw RuntimeException.Invalid($"mount {mount.ContainerPath}: host path \"{mount.HostPath}\" is not absolute");
        }
    }

    private static OciMount Special(string type, string source, string destination, ImmutableArray<string> options) =>
        new() { Type = type, Source = source, Destination = destination, Options = options };

    private static OciMount Bind(string source, string destination, ImmutableArray<string> options) =>
        new() { Type = "bind", Source = source, Destination = destination, Options = options };
}
