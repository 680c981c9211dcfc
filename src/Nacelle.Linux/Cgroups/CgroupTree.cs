using System.Collections.Frozen;
using System.Collections.Immutable;
using Nacelle.Linux.Mounts;

namespace Nacelle.Linux.Cgroups;

/// <summary>The machine's control groups: where each controller is mounted.</summary>
public sealed class CgroupTree
{
    private readonly FrozenDictionary<string, string> controllers;

    internal CgroupTree(CgroupVersion version, IReadOnlyDictionary<string, string> controllers, string? unified)
    {
        Version = version;
        this.controllers = controllers.ToFrozenDictionary(StringComparer.Ordinal);
        Unified = unified;
        Hierarchies = version == CgroupVersion.V2 ? [unified!] : [.. controllers.Values.Distinct(StringComparer.Ordinal)];
    }

    public CgroupVersion Version { get; }

    /// <summary>Mount point of the cgroup2 file system, where there is one (in v1 it holds no controller that counts).</summary>
    public string? Unified { get; }

    /// <summary>The mount points that a group is made under: one in v2; in v1 each controller's and the named ones.</summary>
    public ImmutableArray<string> Hierarchies { get; }

    /// <summary>Reads what is mounted.</summary>
    /// <exception cref="InvalidOperationException">No control groups are mounted.</exception>
    public static CgroupTree Detect() => From(MountEntry.ReadAll());

    /// <summary>The group of a path as CRI and OCI write it: absolute from the hierarchies' roots, <c>/nacelle/kubepods/pod1</c>.</summary>
    public Cgroup Open(string path) => new(this, path);

    /// <summary>The paths of all groups of this name, wherever they are.</summary>
    public IReadOnlyCollection<string> Find(string name) =>
        [.. Hierarchies.SelectMany(mount => CgroupFiles.FindDirectories(mount, name).Select(directory => directory[mount.Length..])).Distinct(StringComparer.Ordinal)];

    /// <summary>A view of v1 with these controllers only, for processes that need no others: each one left out saves time. v2 stays whole.</summary>
    public CgroupTree WithOnly(params ReadOnlySpan<string> names)
    {
        if (Version == CgroupVersion.V2)
        {
            return this;
        }

        var kept = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (controllers.TryGetValue(name, out var mount))
            {
                kept[name] = mount;
            }
        }

        return new CgroupTree(Version, kept, Unified);
    }

    /// <summary>The directory of a group under a v1 controller; null where the controller is not mounted.</summary>
    public string? DirectoryOf(string controller, string path) =>
        Version == CgroupVersion.V2 ? Join(Unified!, path)
        : controllers.TryGetValue(controller, out var mount) ? Join(mount, path)
        : null;

    /// <summary>Whether a v1 controller is mounted, or a v2 controller is available at the root.</summary>
    public bool HasController(string name) => Version == CgroupVersion.V2
        ? File.ReadAllText(Path.Combine(Unified!, "cgroup.controllers")).Split([' ', '\n']).Contains(name, StringComparer.Ordinal)
        : controllers.ContainsKey(name);

    /// <summary>The controllers that are on the cgroup2 hierarchy; beside a v1 that is a layout that crun refuses.</summary>
    public ImmutableArray<string> ReadUnifiedControllers()
    {
        var file = $"{Unified}/cgroup.controllers";
        return Unified is not null && File.Exists(file) ? [.. File.ReadAllText(file).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)] : [];
    }

    /// <summary>
    /// Asks the kernel to make moving processes between groups cheap (mount option <c>favordynmods</c>, Linux 6.0): without it
    /// each move waits some 20 ms for the whole machine's processes; with it fork and exit cost a trifle more. The option
    /// stands on the cgroup2 mount and counts for v1 as well.
    /// </summary>
    /// <returns>Null when it is on now; otherwise why it is not.</returns>
    public static string? TryFavorDynamicModifications()
    {
        var mount = MountEntry.ReadAll().LastOrDefault(entry => entry.Type == "cgroup2");
        if (mount is null)
        {
            return "no cgroup2 file system is mounted";
        }

        var options = mount.SuperOptions.Split(',').Where(option => option is not ("rw" or "ro")).ToList();
        if (options.Contains("favordynmods"))
        {
            return null;
        }

        try
        {
            // A remount drops options that it does not repeat.
            options.Add("favordynmods");
            FileSystemMount.Mount(null, mount.MountPoint, null, MountFlags.Remount, string.Join(',', options));
            return null;
        }
        catch (LinuxException failure)
        {
            return failure.Message;
        }
    }

    internal static CgroupTree From(IEnumerable<MountEntry> mounts)
    {
        string? unified = null;
        var controllers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var mount in mounts)
        {
            if (mount.Type == "cgroup2")
            {
                unified ??= mount.MountPoint;
            }
            else if (mount.Type == "cgroup")
            {
                foreach (var option in mount.SuperOptions.Split(',').Where(IsHierarchyName))
                {
                    controllers.TryAdd(option, mount.MountPoint);
                }
            }
        }

        if (controllers.Keys.Any(name => !name.StartsWith("name=", StringComparison.Ordinal)))
        {
            return new CgroupTree(CgroupVersion.V1, controllers, unified);
        }

        return unified is null
            ? throw new InvalidOperationException("No control groups are mounted at /sys/fs/cgroup.")
            : new CgroupTree(CgroupVersion.V2, controllers, unified);
    }

    internal static string Join(string mount, string path) => mount + "/" + path.Trim('/');

    private static bool IsHierarchyName(string option) => option is
        "cpu" or "cpuacct" or "cpuset" or "memory" or "devices" or "freezer" or "blkio" or "pids" or "hugetlb" or "net_cls" or "net_prio"
        or "perf_event" or "rdma" or "misc" || option.StartsWith("name=", StringComparison.Ordinal);
}
