using System.Collections.Immutable;
using Nacelle.Linux.Cgroups;
using Nacelle.Runtime.Oci.Spec;
using Runtime.V1;

namespace Nacelle.Runtime.Oci;

/// <summary>A container's OCI configuration, as a function of what CRI, the image and the sandbox say. Reads nothing but devices and host paths.</summary>
internal static class OciConfigBuilder
{
    private static readonly ImmutableArray<string> DefaultMasked =
    [
        "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
        "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
    ];

    private static readonly ImmutableArray<string> DefaultReadOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    /// <exception cref="RuntimeException">InvalidArgument: something that this runtime does not do, or that makes no sense.</exception>
    public static OciConfig Build(OciConfigInput input)
    {
        var config = input.Config;
        var security = config.Linux?.SecurityContext;
        var privileged = security?.Privileged ?? false;
        if (config.CDIDevices.Count > 0)
        {
            throw RuntimeException.Invalid("CDI devices are not supported");
        }

        SecurityProfiles.CheckSupported(security?.SelinuxOptions, security?.Apparmor);
        var (devices, rules) = OciDevices.For(config.Devices, privileged);
        var process = BuildProcess(input, security, privileged);
        return new OciConfig
        {
            Process = process,
            Root = new OciRoot { Path = input.Rootfs, Readonly = security?.ReadonlyRootfs ?? false },
            Mounts = OciMounts.For(
                config, input.Cgroups, privileged, security?.ReadonlyRootfs ?? false, input.SharedMemory, input.SandboxDirectory),
            Linux = new OciLinux
            {
                Namespaces = BuildNamespaces(input, privileged),
                Devices = devices,
                CgroupsPath = input.CgroupPath,
                Resources = OciResourceLimits.From(input.Resources ?? config.Linux?.Resources, input.Cgroups, rules),
                Seccomp = SeccompProfiles.For(security?.Seccomp, privileged, process.Capabilities!.Bounding),
                RootfsPropagation = OciMounts.RootPropagation(config),
                MaskedPaths = privileged ? [] : Paths(security?.MaskedPaths, DefaultMasked),
                ReadonlyPaths = privileged ? [] : Paths(security?.ReadonlyPaths, DefaultReadOnly),
            },
            Annotations = config.Annotations.Count > 0 ? config.Annotations.ToImmutableSortedDictionary(StringComparer.Ordinal) : null,
        };
    }

    /// <summary>What runs: the command replaces the image's entrypoint, and then the image's arguments don't count either.</summary>
    internal static ImmutableArray<string> Arguments(ContainerConfig config, Images.OciImageConfig image)
    {
        ImmutableArray<string> command = config.Command.Count > 0 ? [.. config.Command] : image.Entrypoint;
        ImmutableArray<string> arguments = config.Args.Count > 0 ? [.. config.Args] : config.Command.Count > 0 ? [] : image.Cmd;
        ImmutableArray<string> all = [.. command, .. arguments];
        return all.IsEmpty ? throw RuntimeException.Invalid("no command specified: neither the container nor the image has one") : all;
    }

    private static OciProcess BuildProcess(OciConfigInput input, LinuxContainerSecurityContext? security, bool privileged)
    {
        var config = input.Config;
        var score = (input.Resources ?? config.Linux?.Resources)?.OomScoreAdj ?? 0;
        return new OciProcess
        {
            Terminal = config.Tty,
            User = input.User,
            Args = Arguments(config, input.Image),
            Env = ContainerEnvironment.For(config, input.Image.Env, input.Hostname),
            Cwd = config.WorkingDir is { Length: > 0 } own ? own : input.Image.WorkingDir is { Length: > 0 } given ? given : "/",
            Capabilities = Capabilities.Resolve(security?.Capabilities, privileged, input.AvailableCapabilities),
            NoNewPrivileges = security?.NoNewPrivs ?? false,
            OomScoreAdj = (int)Math.Max(score, input.OomScoreFloor ?? score),
        };
    }

    private static ImmutableArray<OciNamespace> BuildNamespaces(OciConfigInput input, bool privileged)
    {
        var result = ImmutableArray.CreateBuilder<OciNamespace>();
        result.Add(new OciNamespace { Type = "mount" });
        foreach (var type in (ReadOnlySpan<string>)["pid", "ipc", "uts", "network"])
        {
            var known = input.Namespaces.TryGetValue(type, out var path);
            if (!known)
            {
                result.Add(new OciNamespace { Type = type });
            }
            else if (path!.Length > 0)
            {
                result.Add(new OciNamespace { Type = type, Path = path });
            }
        }

        if (input.Cgroups == CgroupVersion.V2 && !privileged)
        {
            result.Add(new OciNamespace { Type = "cgroup" });
        }

        return result.ToImmutable();
    }

    private static ImmutableArray<string> Paths(IReadOnlyCollection<string>? given, ImmutableArray<string> defaults) =>
        given is { Count: > 0 } ? [.. given] : defaults;
}
