using System.Collections.Immutable;

namespace Nacelle.Kubernetes.Exposure;

/// <summary>Capabilities by number and name (linux/capability.h), and those that containers get by default.</summary>
public static class LinuxCapabilities
{
    public const int DacOverride = 1;
    public const int DacReadSearch = 2;
    public const int Kill = 5;
    public const int SetGid = 6;
    public const int SetUid = 7;
    public const int SysPtrace = 19;

    /// <summary>Names without <c>CAP_</c>, by number.</summary>
    public static ImmutableArray<string> Names { get; } =
    [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE",
        "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT",
        "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE",
        "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ",
        "PERFMON", "BPF", "CHECKPOINT_RESTORE",
    ];

    /// <summary>Every capability.</summary>
    public static ulong All { get; } = (1UL << Names.Length) - 1;

    /// <summary>What a container has that adds and drops none.</summary>
    public static ulong Defaults { get; } = Mask(
        "CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP", "NET_BIND_SERVICE",
        "SYS_CHROOT", "KILL", "AUDIT_WRITE");

    public static bool Has(ulong set, int capability) => (set & (1UL << capability)) != 0;

    public static ulong Only(int capability) => 1UL << capability;

    /// <summary>The number of <c>SYS_PTRACE</c> or <c>cap_sys_ptrace</c>; null for a name that Linux does not have.</summary>
    public static int? Number(string name)
    {
        string upper = name.ToUpperInvariant();
        int number = Names.IndexOf(upper.StartsWith("CAP_", StringComparison.Ordinal) ? upper[4..] : upper);
        return number < 0 ? null : number;
    }

    public static ulong Mask(params ReadOnlySpan<string> names)
    {
        ulong set = 0;
        foreach (string name in names)
        {
            set |= Only(Number(name) ?? throw new ArgumentException($"no capability {name}", nameof(names)));
        }

        return set;
    }
}
