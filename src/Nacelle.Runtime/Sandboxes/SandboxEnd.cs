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
    /// <summary>Reads the exit file that nacelle-sandbox writes (native/pause/sandbox.c); null when it is not one.</summary>
    internal static SandboxEnd? Parse(string text)
    {
        var values = new Dictionary<string, long>(StringComparer.Ordinal);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        for (var index = 0; index < lines.Length; index++)
        {
            foreach (var word in lines[index].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var equals = word.IndexOf('=', StringComparison.Ordinal);
                if (equals > 0 && long.TryParse(word.AsSpan(equals + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
                {
                    // The second line is /pause's own: "signal=15 pid=42 uid=0".
                    values[(index == 0 ? "" : "told.") + word[..equals]] = number;
                }
            }
        }

        return values.TryGetValue("code", out var code)
            ? new SandboxEnd(
                values.GetValueOrDefault("time"),
                (int)code,
                (int)(values.TryGetValue("told.signal", out var told) ? told : values.GetValueOrDefault("signal")),
                values.TryGetValue("told.pid", out var pid) ? (int)pid : null,
                values.TryGetValue("told.uid", out var uid) ? (int)uid : null)
            : null;
    }
}
