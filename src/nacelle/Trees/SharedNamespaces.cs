using System.Text.Json;

namespace Nacelle.Trees;

/// <summary>Which containers of a Pod number their processes together, as its spec says.</summary>
internal static class SharedNamespaces
{
    /// <summary>Gives each container's PID namespace a name: the same for those that share one. The sandbox is the container without a name.</summary>
    /// <param name="pod">The Pod as the API has it.</param>
    public static Func<string, string> Of(JsonElement pod)
    {
        var spec = pod.GetProperty("spec");
        if (Flag(spec, "shareProcessNamespace") || Flag(spec, "hostPID"))
        {
            return _ => "";
        }

        var targets = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var container in spec.TryGetProperty("ephemeralContainers", out var ephemeral) ? ephemeral.EnumerateArray() : default)
        {
            if (container.TryGetProperty("targetContainerName", out var target) && target.GetString() is { Length: > 0 } name)
            {
                targets[container.GetProperty("name").GetString()!] = name;
            }
        }

        return container => targets.GetValueOrDefault(container, container);
    }

    private static bool Flag(JsonElement spec, string name) => spec.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
