using System.Globalization;
using System.Text.Json.Nodes;

namespace Nacelle.Kubernetes.Exposure;

/// <summary>What the schema accepts and an audit could not make sense of.</summary>
internal static class PodSpecFaults
{
    private static readonly string[] Lists = ["initContainers", "containers", "ephemeralContainers"];

    /// <summary>The first fault, beginning with its field from <c>spec</c> on; null for none.</summary>
    public static string? First(JsonObject spec)
    {
        if (!spec.Items("containers").Any())
        {
            return "spec.containers: Required value";
        }

        if (spec.Flag("hostPID") && spec.Flag("shareProcessNamespace"))
        {
            return "spec.shareProcessNamespace: ShareProcessNamespace and HostPID cannot both be enabled";
        }

        HashSet<string> names = [];
        return Identity(spec.Child("securityContext"), "spec.securityContext")
            ?? Lists.SelectMany(list => spec.Items(list).Select((container, i) =>
                Container(container, string.Create(CultureInfo.InvariantCulture, $"spec.{list}[{i}]"), names)))
            .FirstOrDefault(fault => fault is not null);
    }

    private static string? Container(JsonObject container, string path, HashSet<string> names)
    {
        string name = container.Text("name");
        if (name.Length == 0)
        {
            return $"{path}.name: Required value";
        }

        if (!names.Add(name))
        {
            return $"{path}.name: Duplicate value: \"{name}\"";
        }

        JsonObject? capabilities = container.Child("securityContext", "capabilities");
        foreach (string list in (string[])["add", "drop"])
        {
            if (capabilities.Texts(list).FirstOrDefault(text => !PodFactsReader.IsAll(text) && LinuxCapabilities.Number(text) is null) is { } unknown)
            {
                return $"{path}.securityContext.capabilities.{list}: Unsupported value: \"{unknown}\": no capability of Linux";
            }
        }

        return Identity(container.Child("securityContext"), $"{path}.securityContext");
    }

    private static string? Identity(JsonObject? context, string path)
    {
        foreach (string field in (string[])["runAsUser", "runAsGroup", "fsGroup"])
        {
            if (context.NumberOrNull(field) is { } id and (< 0 or > int.MaxValue))
            {
                return string.Create(CultureInfo.InvariantCulture, $"{path}.{field}: Invalid value: {id}: must be between 0 and 2147483647, inclusive");
            }
        }

        return null;
    }
}
