using System.Globalization;

namespace Nacelle.Runtime.Sandboxes;

/// <summary>How <c>/pause</c> ended without being told to by this runtime.</summary>
/// <param name="At">When, in nanoseconds since 1970.</param>
/// <param name="ExitCode">Its exit code, 128 + signal when a signal ended it; null when nobody saw it.</param>
/// <param name="Signal">The signal it was sent (told by itself), or that ended it; 0 when unknown.</param>
/// <param name="SenderPid">Who sent it, as the sandbox's PID namespace sees it; 0 from outside the Pod; null when unknown (KILL, out of memory).</param>
/// <param name="SenderUid">The sender's user id; null when unknown.</param>
internal sealed record SandboxEnd(long At, int? ExitCode, int Signal, int? SenderPid, int? SenderUid)
{
    /// <summary>
    /// The beginning of the sender's command line in plain ASCII, any other byte and a backslash as <c>\xHH</c>; null when it could not be read any more.
    /// </summary>
    public string? SenderCommand { get; init; }

    /// <summary>The beginning of the sender's cgroup; null as for the command.</summary>
    public string? SenderCgroup { get; init; }

    /// <summary>The name of the container whose cgroup that is; null when it is none of the sandbox's.</summary>
    public string? SenderContainer { get; init; }

    /// <summary>Reads the exit file that nacelle-sandbox writes (native/pause/sandbox.c); null when it is not one.</summary>
    internal static SandboxEnd? Parse(string text)
    {
        // The second line is /pause's own: "signal=15 pid=42 uid=0 command=… cgroup=…".
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var seen = Words(lines.FirstOrDefault(""));
        var told = Words(lines.ElementAtOrDefault(1) ?? "");
        return Number(seen, "code") is { } code
            ? new SandboxEnd(
                Number(seen, "time") ?? 0,
                (int)code,
                (int)(Number(told, "signal") ?? Number(seen, "signal") ?? 0),
                (int?)Number(told, "pid"),
                (int?)Number(told, "uid"))
            {
                SenderCommand = told.TryGetValue("command", out var command) ? Shown(command) : null,
                SenderCgroup = told.TryGetValue("cgroup", out var cgroup) ? cgroup : null,
            }
            : null;
    }

    // What separates arguments, and a blank in one of them, look the same from here on.
    private static string Shown(string command) => command.Replace("\\x00", " ", StringComparison.Ordinal).Replace("\\x20", " ", StringComparison.Ordinal).TrimEnd();

    private static Dictionary<string, string> Words(string line)
    {
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                words[word[..equals]] = word[(equals + 1)..];
            }
        }

        return words;
    }

    private static long? Number(Dictionary<string, string> words, string name) =>
        words.TryGetValue(name, out var word) && long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
