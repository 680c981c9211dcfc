using System.Collections.Immutable;

namespace Nacelle.Linux.Processes;

/// <summary>Names of the capabilities without their <c>CAP_</c>, by number (linux/capability.h).</summary>
public static class CapabilityNames
{
    public static ImmutableArray<string> All { get; } =
    [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE",
        "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT",
        "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE",
        "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ",
        "PERFMON", "BPF", "CHECKPOINT_RESTORE",
    ];

    /// <summary>The names of a bit mask's capabilities, by number; one that this list does not know as its number.</summary>
    public static IEnumerable<string> Of(ulong mask)
    {
        for (var number = 0; number < 64; number++)
        {
            if ((mask & (1UL << number)) != 0)
            {
                yield return number < All.Length ? All[number] : number.ToString(System.Globalization.CultureInfo.InvariantCulture);
            }
        }
    }
}
