namespace Nacelle.EndToEndTests.Rig;

/// <summary>
/// Looks for what an instance may have left on the machine: processes, mounts, links, cgroups, firewall rules, files. Everything of an instance carries its
/// directory, its cgroup root, its bridge or its address range, except the host's ends of veth pairs: those are compared with the links before.
/// </summary>
public static class LeakCheck
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <exception cref="TimeoutException">With everything that is left after ten seconds.</exception>
    public static async Task AssertNothingLeftAsync(InstanceLayout layout, MachineFootprint before)
    {
        var rules = await FirewallRulesAsync(layout);
        await Eventually.GetAsync(
            _ => Task.FromResult(string.Join('\n', [.. Find(layout, before), .. rules])),
            left => left.Length == 0,
            "a machine without anything of the instance",
            Grace,
            CancellationToken.None);
    }

    /// <summary>What there must be nothing of while the instance runs and has no Pods: its own processes, bridge, rules and cgroup root do not count.</summary>
    /// <exception cref="TimeoutException">With everything that is left after ten seconds.</exception>
    public static Task AssertNoPodsLeftAsync(InstanceLayout layout, MachineFootprint before)
        => Eventually.GetAsync(
            _ => Task.FromResult(string.Join(
                '\n',
                [
                    .. Processes(layout).Where(process => !process.Contains(NacelleProcess.ExecutablePath, StringComparison.Ordinal)),
                    .. Mounts(layout),
                    .. Links(layout, before).Where(link => link != $"link {layout.Bridge}"),
                    .. PodCgroups(layout),
                    .. Files(layout),
                ])),
            left => left.Length == 0,
            "an instance without anything of a Pod",
            Grace,
            CancellationToken.None);

    public static IReadOnlyList<string> Find(InstanceLayout layout, MachineFootprint before) =>
    [
        .. Processes(layout),
        .. Mounts(layout),
        .. Links(layout, before),
        .. Cgroups(layout),
        .. Files(layout),
    ];

    /// <summary>Processes whose command line, root or cgroup is the instance's.</summary>
    public static IEnumerable<string> Processes(InstanceLayout layout)
    {
        foreach (var folder in Directory.GetDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out var pid) && pid != Environment.ProcessId))
        {
            var commandLine = Read($"{folder}/cmdline").Replace('\0', ' ').Trim();
            if (commandLine.Contains(layout.Directory, StringComparison.Ordinal)
                || Read($"{folder}/cgroup").Contains(layout.CgroupRoot + "/", StringComparison.Ordinal))
            {
                yield return $"process {Path.GetFileName(folder)}: {commandLine}";
            }
        }
    }

    private static IEnumerable<string> Mounts(InstanceLayout layout)
        => Read("/proc/self/mountinfo").Split('\n').Where(line => line.Contains(layout.Directory + "/", StringComparison.Ordinal)).Select(line => $"mount {line}");

    private static IEnumerable<string> Links(InstanceLayout layout, MachineFootprint before)
        => MachineFootprint.Take().Links.Where(link => link == layout.Bridge || (IsStray(link) && !before.Links.Contains(link))).Select(link => $"link {link}");

    /// <summary>A Pod's end of the host (nc…) without a bridge: those on another bridge are another Nacelle's.</summary>
    private static bool IsStray(string link)
        => link.StartsWith("nc", StringComparison.Ordinal) && !Directory.Exists($"/sys/class/net/{link}/master");

    private static IEnumerable<string> Cgroups(InstanceLayout layout)
        => Directory.GetDirectories("/sys/fs/cgroup").Prepend("/sys/fs/cgroup")
            .Select(hierarchy => hierarchy + layout.CgroupRoot)
            .Where(Directory.Exists)
            .Select(path => $"cgroup {path}");

    private static IEnumerable<string> PodCgroups(InstanceLayout layout)
        => Cgroups(layout)
            .Select(line => line["cgroup ".Length..])
            .SelectMany(root => Directory.GetDirectories(root, "pod*", SearchOption.AllDirectories))
            .Select(path => $"cgroup {path}");

    /// <summary>What Pods leave: their logs, volumes, bundles and namespaces. The objects, the images and the keys may stay.</summary>
    public static IEnumerable<string> Files(InstanceLayout layout)
        => new[]
        {
            layout.PodLogsDirectory,
            $"{layout.StateDirectory}/kubelet/pods",
            $"{layout.StateDirectory}/runtime/sandboxes",
            $"{layout.StateDirectory}/runtime/containers",
            $"{layout.RunDirectory}/netns",
        }.Where(Directory.Exists).SelectMany(Directory.GetFileSystemEntries).Select(path => $"file {path}");

    private static async Task<IReadOnlyList<string>> FirewallRulesAsync(InstanceLayout layout)
    {
        if (!File.Exists("/usr/sbin/nft"))
        {
            return [];
        }

        var rules = await Command.RunAsync("/usr/sbin/nft", ["list", "ruleset"], CancellationToken.None);
        return
        [
            .. rules.Output.Split('\n')
                .Where(line => line.Contains(layout.Bridge, StringComparison.Ordinal) || line.Contains(layout.PodCidr, StringComparison.Ordinal))
                .Select(line => $"firewall {line.Trim()}"),
        ];
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            // The process has ended since it was listed.
            return "";
        }
    }
}
