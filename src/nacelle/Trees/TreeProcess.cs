using System.Text;
using System.Text.Json;

using Nacelle.Inspect.Processes;

namespace Nacelle.Trees;

/// <summary>One process as the tree shows it.</summary>
/// <param name="Container">Its container; empty for the sandbox.</param>
/// <param name="Pid">Its PID as its container sees it.</param>
/// <param name="ParentPid">Its parent's; 0 where the parent is outside of the Pod.</param>
/// <param name="User">Name or number.</param>
/// <param name="Command">Its arguments; for one that has none its name in brackets.</param>
/// <param name="State">As the API names it: <c>Sleeping</c>, <c>Zombie</c>, …</param>
internal sealed record TreeProcess(string Container, int Pid, int ParentPid, string User, string Command, string State)
{
    /// <summary>Reads a Process of the API.</summary>
    /// <exception cref="KeyNotFoundException">It is none.</exception>
    public static TreeProcess Read(JsonElement process)
    {
        var status = process.GetProperty("status");
        var command = status.TryGetProperty("command", out var arguments)
            ? string.Join(' ', arguments.EnumerateArray().Select(a => a.GetString()))
            : "";
        return new TreeProcess(
            Text(status, "containerName"),
            status.GetProperty("pid").GetInt32(),
            status.GetProperty("parentPID").GetInt32(),
            Shown(Text(status, "user")),
            Shown(command.Length > 0 ? command : $"[{Text(status, "name")}]"),
            Text(status, "state"));
    }

    private static string Text(JsonElement status, string name) => status.TryGetProperty(name, out var value) ? value.ToString() : "";

    // The server has escaped what processes chose; a terminal is not left to depend on that.
    private static string Shown(string text) =>
        text.EnumerateRunes().Any(Rune.IsControl) ? EscapedText.Of(Encoding.UTF8.GetBytes(text)) : text;
}
