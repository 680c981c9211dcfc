using System.Collections.Immutable;
using System.Globalization;
using Nacelle.Linux.Processes;
using Nacelle.Runtime.Oci.Spec;
using Runtime.V1;

namespace Nacelle.Runtime.Oci;

/// <summary>Which capabilities a container gets: the usual 14, and what the Pod adds and drops.</summary>
internal static class Capabilities
{
    private static readonly string[] Defaults =
    [
        "CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP", "NET_BIND_SERVICE",
        "SYS_CHROOT", "KILL", "AUDIT_WRITE",
    ];

    /// <summary>The sets of a container's first process, and of what exec starts.</summary>
    /// <param name="privileged">Everything that <paramref name="available"/> holds.</param>
    /// <param name="available">Bit mask of what this machine can give (the bounding set of this process).</param>
    /// <exception cref="RuntimeException">InvalidArgument: an unknown name, or one that can't be given.</exception>
    public static OciCapabilities Resolve(Capability? requested, bool privileged, ulong available)
    {
        var ambient = requested?.AddAmbientCapabilities ?? [];
        if (ambient.Count > 0)
        {
            throw RuntimeException.Invalid("ambient capabilities are not supported");
        }

        var set = privileged
            ? All(available)
            : Apply(requested, available);
        var names = set.Order().Select(number => "CAP_" + CapabilityNames.All[number]).ToImmutableArray();
        return new OciCapabilities { Bounding = names, Effective = names, Permitted = names };
    }

    /// <summary>The bounding set of this process.</summary>
    public static ulong ReadAvailable() => Read("CapBnd:");

    /// <summary>The effective set of this process.</summary>
    public static bool HasResource() => (Read("CapEff:") & (1UL << CapabilityNames.All.IndexOf("SYS_RESOURCE"))) != 0;

    private static HashSet<int> Apply(Capability? requested, ulong available)
    {
        var add = (requested?.AddCapabilities ?? []).Select(Normalize).ToHashSet(StringComparer.Ordinal);
        var drop = (requested?.DropCapabilities ?? []).Select(Normalize).ToHashSet(StringComparer.Ordinal);

        // As Kubernetes defines it: ALL in one list is the starting point, single names of the other list count against it.
        var set = add.Contains("ALL") ? All(available)
            : drop.Contains("ALL") ? []
            : Defaults.Select(Number).Where(number => Has(available, number)).ToHashSet();
        foreach (var name in add.Where(name => name != "ALL"))
        {
            var number = Number(name);
            set.Add(Has(available, number) ? number : throw RuntimeException.Invalid($"capability {name} can't be given: this process has not got it"));
        }

        set.ExceptWith(drop.Where(name => name != "ALL").Select(Number));
        return set;
    }

    private static HashSet<int> All(ulong available) => [.. Enumerable.Range(0, CapabilityNames.All.Length).Where(number => Has(available, number))];

    private static bool Has(ulong mask, int number) => (mask & (1UL << number)) != 0;

    private static string Normalize(string name)
    {
        var upper = name.ToUpperInvariant();
        return upper.StartsWith("CAP_", StringComparison.Ordinal) ? upper[4..] : upper;
    }

    private static int Number(string name) =>
        CapabilityNames.All.IndexOf(name) is >= 0 and var number ? number : throw RuntimeException.Invalid($"unknown capability \"{name}\"");

    private static ulong Read(string field)
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return ulong.Parse(line.AsSpan(field.Length).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
