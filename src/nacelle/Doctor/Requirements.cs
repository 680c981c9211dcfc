using System.Globalization;

using Nacelle.Linux.Netlink;
using Nacelle.Runtime;

namespace Nacelle.Doctor;

/// <summary>What Nacelle needs of the machine. Only looks: nothing is changed.</summary>
internal static class Requirements
{
    public static IEnumerable<Finding> Examine(Configuration configuration)
    {
        yield return Root();
        yield return Kernel();
        yield return Program("conmon", configuration.Conmon, "apt-get install conmon");
        yield return OciRuntime(configuration);
        foreach (var finding in CgroupRequirements.Examine())
        {
            yield return finding;
        }

        yield return FileSystem("overlay", "modprobe overlay");
        yield return PacketFilter();
        yield return Forwarding();
        yield return Resources();
        yield return Processes();
        foreach (var finding in StorageRequirements.Examine(configuration.StateDirectory))
        {
            yield return finding;
        }
    }

    /// <summary>The program's path: as given, else where the runtime would find it.</summary>
    private static string? FindProgram(string name, string? given) => ProgramSearch.TryFind(given, name);

    private static Finding Root() => Environment.IsPrivilegedProcess
        ? new("root", Verdict.Ok, "effective user is root")
        : new("root", Verdict.Missing, "effective user is not root", "run it with sudo");

    private static Finding Kernel()
    {
        var version = Environment.OSVersion.Version;
        return version >= new Version(5, 6)
            ? new("kernel", Verdict.Ok, version.ToString())
            : new("kernel", Verdict.Missing, $"{version}: openat2 and pidfd need 5.6", "boot a newer kernel");
    }

    private static Finding Program(string name, string? given, string remedy) => FindProgram(name, given) is { } path
        ? new(name, Verdict.Ok, path)
        : new(name, Verdict.Missing, $"{given ?? name} is not there", remedy);

    private static Finding OciRuntime(Configuration configuration)
    {
        var path = configuration.OciRuntime is { } given ? FindProgram(given, given) : FindProgram("crun", null) ?? FindProgram("runc", null);
        if (path is null)
        {
            return new("OCI runtime", Verdict.Missing, $"{configuration.OciRuntime ?? "neither crun nor runc"} is not there", "apt-get install crun");
        }

        return Path.GetFileName(path) == "crun" && CgroupRequirements.ControllersOnUnified() is { Count: > 0 } controllers
            ? new("OCI runtime", Verdict.Missing, $"crun refuses this hybrid cgroup layout: {string.Join(' ', controllers)} on cgroup2", HybridCgroups.MountAsV1(controllers))
            : new("OCI runtime", Verdict.Ok, path);
    }

    private static Finding FileSystem(string name, string remedy)
    {
        if (File.ReadLines("/proc/filesystems").Any(line => line.EndsWith("\t" + name, StringComparison.Ordinal)))
        {
            return new(name, Verdict.Ok, "known to the kernel");
        }

        // The kernel loads a module with the first mount of its type.
        var release = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        var modules = $"/lib/modules/{release}/modules.dep";
        return File.Exists(modules) && File.ReadLines(modules).Any(line => line.Contains($"/{name}.ko", StringComparison.Ordinal))
            ? new(name, Verdict.Ok, "a module, loaded when it is needed")
            : new(name, Verdict.Missing, "not known to the kernel", remedy);
    }

    private static Finding PacketFilter() => (FindProgram("nft", null) ?? FindProgram("iptables", null)) is { } path
        ? new("packet filter", Verdict.Ok, path)
        : new("packet filter", Verdict.Missing, "neither nft nor iptables is there: Pods could not reach beyond this machine", "apt-get install nftables");

    private static Finding Forwarding() => File.ReadAllText("/proc/sys/net/ipv4/ip_forward").Trim() == "1"
        ? new("forwarding", Verdict.Ok, "net.ipv4.ip_forward = 1")
        : new("forwarding", Verdict.Note, "net.ipv4.ip_forward = 0, set when the first Pod starts", "sysctl -w net.ipv4.ip_forward=1");

    /// <summary>How <c>kubectl get processes -w</c> learns what changes.</summary>
    private static Finding Processes()
    {
        using var connector = ProcessConnector.TryOpen(out var reason);
        return connector is not null
            ? new("processes", Verdict.Ok, "watched by the process connector")
            : new("processes", Verdict.Note, $"polled while they are watched: no process connector here ({reason})");
    }

    private static Finding Resources()
    {
        const int sysResource = 24; // CAP_SYS_RESOURCE, capability.h
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("CapEff:", StringComparison.Ordinal));
        var effective = ulong.Parse(line["CapEff:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (effective >> sysResource & 1) == 1
            ? new("CAP_SYS_RESOURCE", Verdict.Ok, "held")
            : new("CAP_SYS_RESOURCE", Verdict.Note, "not held: limits of containers are clamped to this process's own, oom_score_adj is not lowered");
    }
}
