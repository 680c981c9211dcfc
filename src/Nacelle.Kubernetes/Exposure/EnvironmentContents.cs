using System.Text.Json.Nodes;

namespace Nacelle.Kubernetes.Exposure;

/// <summary>Reads where a container's variables and arguments come from: names of Secrets, ConfigMaps and variables.</summary>
internal static class EnvironmentContents
{
    public static IEnumerable<ExposedItem> Variables(JsonObject container)
    {
        foreach (JsonObject source in container.Items("envFrom"))
        {
            if (source.Child("secretRef") is { } secret)
            {
                yield return new(ExposedKind.Secret, $"secret/{secret.Text("name")}/*", $"Secret {secret.Text("name")} (envFrom)");
            }
            else if (source.Child("configMapRef") is { } map)
            {
                yield return new(ExposedKind.ConfigMap, $"configmap/{map.Text("name")}/*", $"ConfigMap {map.Text("name")} (envFrom)");
            }
        }

        foreach (JsonObject variable in container.Items("env"))
        {
            foreach (ExposedItem item in Sources(container, variable, []))
            {
                yield return item;
            }
        }
    }

    /// <summary>What <c>command</c> and <c>args</c> show; nothing where the image's entrypoint is used as it is.</summary>
    public static IEnumerable<ExposedItem> Arguments(JsonObject container)
    {
        string[] texts = [.. container.Texts("command"), .. container.Texts("args")];
        if (texts.Length > 0)
        {
            yield return new(ExposedKind.Literal, "arguments/", texts.Length == 1 ? "1 argument" : $"{texts.Length} arguments");
        }

        foreach (string name in texts.SelectMany(References.In).Distinct())
        {
            foreach (ExposedItem item in Referenced(container, name, []).Where(item => item.Kind != ExposedKind.Literal))
            {
                yield return item with { Text = $"{item.Text} in an argument" };
            }
        }
    }

    private static IEnumerable<ExposedItem> Sources(JsonObject container, JsonObject variable, HashSet<string> seen)
    {
        string name = variable.Text("name");
        JsonObject? from = variable.Child("valueFrom");
        if (from.Child("secretKeyRef") is { } secret)
        {
            return [Key(ExposedKind.Secret, secret.Text("name"), secret.Text("key"), $" (env {name})")];
        }

        if (from.Child("configMapKeyRef") is { } map)
        {
            return [Key(ExposedKind.ConfigMap, map.Text("name"), map.Text("key"), $" (env {name})")];
        }

        if (from is not null || variable.Text("value").Length == 0 || !seen.Add(name))
        {
            return [];
        }

        // A literal value may have others put in: then it shows those too.
        IEnumerable<ExposedItem> inner = References.In(variable.Text("value"))
            .SelectMany(reference => Referenced(container, reference, seen))
            .Where(item => item.Kind != ExposedKind.Literal)
            .Select(item => item with { Text = $"{item.Text} in env {name}" });
        return [new(ExposedKind.Literal, $"env/{name}", $"env {name}"), .. inner];
    }

    /// <summary>What a name stands for: a variable of <c>env</c>, else any of <c>envFrom</c> may have set it.</summary>
    private static IEnumerable<ExposedItem> Referenced(JsonObject container, string name, HashSet<string> seen)
    {
        if (container.Items("env").LastOrDefault(variable => variable.Text("name") == name) is { } known)
        {
            return Sources(container, known, seen);
        }

        return container.Items("envFrom")
            .Where(source => name.StartsWith(source.Text("prefix"), StringComparison.Ordinal))
            .Select(source => (Secret: source.Child("secretRef"), Map: source.Child("configMapRef"), Key: name[source.Text("prefix").Length..]))
            .Select(source => source.Secret is { } secret
                ? Key(ExposedKind.Secret, secret.Text("name"), source.Key, "")
                : Key(ExposedKind.ConfigMap, source.Map.Text("name"), source.Key, ""));
    }

    private static ExposedItem Key(ExposedKind kind, string name, string key, string place) =>
        new(kind, $"{(kind == ExposedKind.Secret ? "secret" : "configmap")}/{name}/{key}", $"{kind} {name}, key {key}{place}");
}
