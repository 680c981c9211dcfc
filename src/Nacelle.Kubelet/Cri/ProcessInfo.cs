using System.Text.Json;

namespace Nacelle.Kubelet.Cri;

/// <summary>What the verbose <c>info</c> map of CRI's status calls tells of a process.</summary>
internal static class ProcessInfo
{
    /// <summary>
    /// The host's PID of a container's first process: <c>pid</c> in the JSON of the key <c>info</c>, where containerd, CRI-O and Nacelle's own runtime
    /// write it. Null when the runtime does not say, or nothing runs.
    /// </summary>
    public static int? Pid(IReadOnlyDictionary<string, string> info)
    {
        if (!info.TryGetValue("info", out var json))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("pid", out var pid)
                && pid.ValueKind == JsonValueKind.Number && pid.TryGetInt32(out var number) && number > 0
                ? number
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
