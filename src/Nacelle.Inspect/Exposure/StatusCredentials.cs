using System.Collections.Immutable;
using System.Globalization;
using Nacelle.Kubernetes.Exposure;

namespace Nacelle.Inspect.Exposure;

/// <summary>Reads who a process is from the text of <c>/proc/PID/status</c> (proc_pid_status(5)).</summary>
internal static class StatusCredentials
{
    /// <exception cref="FormatException">Not the content of a status file.</exception>
    public static Credentials Parse(IReadOnlyDictionary<string, string> fields) => new()
    {
        Uids = Triple(fields, "Uid"),
        Gids = Triple(fields, "Gid"),
        Groups = [.. Numbers(Field(fields, "Groups"))],
        Inheritable = Set(fields, "CapInh"),
        Permitted = Set(fields, "CapPrm"),
        Effective = Set(fields, "CapEff"),
        Bounding = Set(fields, "CapBnd"),
        Ambient = Set(fields, "CapAmb"),
        NoNewPrivileges = Field(fields, "NoNewPrivs") == "1",
    };

    /// <summary>How many seccomp filters the process has. Before Linux 5.9 the kernel tells only that it has some: one, then.</summary>
    public static int Filters(IReadOnlyDictionary<string, string> fields) =>
        fields.GetValueOrDefault("Seccomp", "0") == "0" ? 0
        : int.TryParse(fields.GetValueOrDefault("Seccomp_filters"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? Math.Max(count, 1)
        : 1;

    /// <summary>The lines as names and values. The first one is the program's name, whose control characters the kernel escapes: no line can be feigned.</summary>
    public static Dictionary<string, string> Fields(string status)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in status.Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                fields.TryAdd(line[..colon], line[(colon + 1)..].Trim());
            }
        }

        return fields;
    }

    public static ImmutableArray<long> Numbers(string text) =>
        [.. text.Split((char[])['\t', ' '], StringSplitOptions.RemoveEmptyEntries).Select(word => long.Parse(word, CultureInfo.InvariantCulture))];

    private static IdTriple Triple(IReadOnlyDictionary<string, string> fields, string name) => Numbers(Field(fields, name)) is [var real, var effective, var saved, ..]
        ? new IdTriple(real, effective, saved)
        : throw new FormatException($"{name} of a status file has no three numbers");

    private static ulong Set(IReadOnlyDictionary<string, string> fields, string name) =>
        ulong.Parse(Field(fields, name), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static string Field(IReadOnlyDictionary<string, string> fields, string name) =>
        fields.TryGetValue(name, out var value) ? value : throw new FormatException($"a status file without {name}");
}
