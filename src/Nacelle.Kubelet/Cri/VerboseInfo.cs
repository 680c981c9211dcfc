using System.Text.Json;

namespace Nacelle.Kubelet.Cri;

/// <summary>Reads the JSON document under <c>info</c> of CRI's verbose statuses, as containerd, CRI-O and our runtime write it.</summary>
internal static class VerboseInfo
{
    /// <summary>The PID of a container's or sandbox's first process on the host; 0 for none.</summary>
    public static int Pid(IDictionary<string, string> info) =>
        Read(info, document => document.TryGetProperty("pid", out var pid) && pid.TryGetInt32(out var number) ? number : 0);

    /// <summary><c>linux.seccomp</c> of the OCI runtime specification, a JSON object; null for none.</summary>
    public static string? Seccomp(IDictionary<string, string> info) =>
        Read(info, document => document.TryGetProperty("runtimeSpec", out var specification)
            && specification.TryGetProperty("linux", out var linux)
            && linux.TryGetProperty("seccomp", out var seccomp) && seccomp.ValueKind == JsonValueKind.Object
                ? seccomp.GetRawText()
                : null);

    /// <summary>The default where there is no such document, or one of another form.</summary>
    private static T? Read<T>(IDictionary<string, string> info, Func<JsonElement, T?> find)
    {
        try
        {
            using var document = JsonDocument.Parse(info.TryGetValue("info", out var text) ? text : "{}");
            return find(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return default;
        }
    }
}
