using Nacelle.Linux.Processes;

namespace Nacelle.Linux.Cgroups;

/// <summary>Which control group a process is in (<c>/proc/PID/cgroup</c>, cgroups(7)).</summary>
public static class CgroupMembership
{
    private const int LongestFile = 16 * 1024;

    /// <summary>The group that counts processes: v2's only one, of v1 that of <c>pids</c>, else of <c>memory</c>; null where the process has ended.</summary>
    public static string? TryRead(CgroupTree tree, int pid)
    {
        var buffer = new byte[LongestFile];
        var length = ProcFile.Read(pid, "cgroup"u8, buffer);
        return length < 0 ? null : Find(tree, System.Text.Encoding.UTF8.GetString(buffer, 0, length));
    }

    internal static string? Find(CgroupTree tree, string text)
    {
        string? memory = null;
        foreach (var line in text.Split('\n'))
        {
            // hierarchy:controllers:path, and a path may hold colons.
            if (line.Split(':', 3) is not [_, var controllers, var path])
            {
                continue;
            }

            if (tree.Version == CgroupVersion.V2 ? controllers.Length == 0 : controllers.Split(',').Contains("pids"))
            {
                return path;
            }

            if (controllers.Split(',').Contains("memory"))
            {
                memory = path;
            }
        }

        return memory;
    }
}
