using System.Globalization;
using System.Text.Json;
using Nacelle.Inspect.Processes;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.Events;

namespace Nacelle.Kubelet.PodWorkers;

/// <summary>
/// Tells that a sandbox ended, and what becomes of the Pod, with what the runtime knows of its end: <c>nacelle.sandboxEnded</c>, a JSON object with
/// <c>exitCode</c>, <c>signal</c>, <c>senderPid</c> (0: from outside of the Pod), <c>senderUid</c>, <c>senderContainer</c> and <c>senderCommand</c> (the
/// beginning of the command line, which its process chose). Absent means unknown.
/// </summary>
internal static class SandboxEnd
{
    /// <summary>Characters of a command that an event shows.</summary>
    private const int CommandLength = 120;

    public static string Describe(RuntimeSandbox sandbox, bool recreated)
    {
        var text = recreated ? EventTexts.SandboxChanged : EventTexts.SandboxEnded;
        return sandbox.Info.TryGetValue("nacelle.sandboxEnded", out var json) && How(json) is { } how ? $"{text} /pause was ended by {how}." : text;
    }

    private static string? How(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var end = document.RootElement;
            if (!end.TryGetProperty("signal", out var signal))
            {
                return null;
            }

            return Number(end, "senderPid") switch
            {
                null => signal.GetString(),
                0 => $"{signal.GetString()} from outside of the Pod",
                { } pid => string.Create(
                    CultureInfo.InvariantCulture,
                    $"{signal.GetString()} from PID {pid}{(Number(end, "senderUid") is { } uid ? $" (uid {uid})" : "")}{Who(end)}"),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static string Who(JsonElement end)
    {
        var container = Text(end, "senderContainer") is { } name ? $" of container {name}" : "";
        var command = Text(end, "senderCommand") is { } line ? $": {(line.Length > CommandLength ? $"{line[..CommandLength]}…" : line)}" : "";
        return container + command;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.GetString() is { Length: > 0 } text
            ? text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? EscapedText.Of(System.Text.Encoding.UTF8.GetBytes(text)) : text
            : null;

    private static long? Number(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetInt64() : null;
}
