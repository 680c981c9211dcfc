namespace Nacelle.Doctor;

/// <summary>What the cgroup hierarchies allow: see cgroups(7) for the three layouts (v1, v2, hybrid).</summary>
internal static class CgroupRequirements
{
    private const string Unified = "/sys/fs/cgroup/unified";
    private static readonly string[] Needed = ["cpu", "memory", "pids"];

    public static IEnumerable<Finding> Examine()
    {
        var mounts = File.ReadLines("/proc/self/mounts").Select(l => l.Split(' ')).Where(f => f.Length > 3).ToList();
        var unifiedMount = mounts.FirstOrDefault(f => f[2] == "cgroup2");
        var controllers = unifiedMount is { } m && m[1] == "/sys/fs/cgroup"
            ? [.. File.ReadAllText("/sys/fs/cgroup/cgroup.controllers").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)]
            : mounts.Where(f => f[2] == "cgroup").SelectMany(f => f[3].Split(',')).ToHashSet();
        var missing = Needed.Where(n => !controllers.Contains(n)).ToList();
        var layout = unifiedMount is null ? "v1" : unifiedMount[1] == "/sys/fs/cgroup" ? "v2" : "hybrid";
        yield return missing.Count == 0
            ? new("cgroups", Verdict.Ok, layout)
            : new("cgroups", Verdict.Missing, $"{layout} without {string.Join(", ", missing)}", "boot with these controllers enabled");

        if (unifiedMount is not null && layout == "hybrid" && !unifiedMount[3].Split(',').Contains("favordynmods"))
        {
            yield return new(
                "favordynmods",
                Verdict.Note,
                "the first write to each cgroup.procs costs about 20 ms",
                $"mount -o remount,favordynmods {unifiedMount[1]}");
        }
    }

    /// <summary>The controllers that a hybrid layout leaves on cgroup2; crun starts nothing while there are any.</summary>
    public static IReadOnlyList<string> ControllersOnUnified()
    {
        var file = Path.Combine(Unified, "cgroup.controllers");
        return File.Exists(file) ? File.ReadAllText(file).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) : [];
    }
}
