using System.Text.Json.Nodes;

namespace Nacelle.Kubernetes.Exposure;

/// <summary>Reads what a container has mounted.</summary>
internal static class VolumeContents
{
    private const int DefaultMode = 420; // 0644
    private const int TokenMode = 384; // 0600, where the Pod has an fsGroup

    public static IEnumerable<ExposedFile> Files(JsonObject spec, JsonObject container)
    {
        long? group = spec.Child("securityContext").NumberOrNull("fsGroup");
        foreach (JsonObject mount in container.Items("volumeMounts"))
        {
            string name = mount.Text("name");
            if (spec.Items("volumes").FirstOrDefault(volume => volume.Text("name") == name) is not { } volume)
            {
                continue;
            }

            string place = $"(volume {name} at {mount.Text("mountPath")})";
            foreach (ExposedFile file in Volume(volume, place, group))
            {
                yield return file;
            }
        }
    }

    private static IEnumerable<ExposedFile> Volume(JsonObject volume, string place, long? group)
    {
        if (volume.Child("secret") is { } secret)
        {
            return Keys(ExposedKind.Secret, secret.Text("secretName"), secret, DefaultModeOf(secret), place, group);
        }

        if (volume.Child("configMap") is { } map)
        {
            return Keys(ExposedKind.ConfigMap, map.Text("name"), map, DefaultModeOf(map), place, group);
        }

        if (volume.Child("projected") is { } projected)
        {
            return projected.Items("sources").SelectMany(source => Projected(source, DefaultModeOf(projected), place, group));
        }

        string name = volume.Text("name");
        if (volume.Child("hostPath") is { } host)
        {
            return [new(new(ExposedKind.HostPath, $"volume/{name}", $"hostPath {host.Text("path")} {place}"), null, null)];
        }

        string kind = volume.Child("persistentVolumeClaim") is { } claim ? $"persistentVolumeClaim {claim.Text("claimName")}"
            : volume.FirstOrDefault(field => field.Key != "name" && field.Value is not null).Key ?? "emptyDir";
        return [new(new(ExposedKind.Volume, $"volume/{name}", $"{kind} {place}"), null, null)];
    }

    private static IEnumerable<ExposedFile> Projected(JsonObject source, int mode, string place, long? group)
    {
        if (source.Child("secret") is { } secret)
        {
            return Keys(ExposedKind.Secret, secret.Text("name"), secret, mode, place, group);
        }

        if (source.Child("configMap") is { } map)
        {
            return Keys(ExposedKind.ConfigMap, map.Text("name"), map, mode, place, group);
        }

        if (source.Child("serviceAccountToken") is { } token)
        {
            string audience = token.Text("audience") is { Length: > 0 } given ? given : "the API server";
            return [new(new(ExposedKind.Token, $"token/{audience}", $"service account token for {audience} {place}"), group is null ? mode : TokenMode, group)];
        }

        string kind = source.FirstOrDefault(field => field.Value is not null).Key ?? "source";
        return [new(new(ExposedKind.Volume, $"projected/{kind}", $"{kind} {place}"), mode, group)];
    }

    private static IEnumerable<ExposedFile> Keys(ExposedKind kind, string name, JsonObject source, int mode, string place, long? group)
    {
        string prefix = kind == ExposedKind.Secret ? "secret" : "configmap";
        JsonObject[] items = [.. source.Items("items")];
        return items.Length == 0
            ? [new(new(kind, $"{prefix}/{name}/*", $"{kind} {name} {place}"), mode, group)]
            : items.Select(item => new ExposedFile(
                new(kind, $"{prefix}/{name}/{item.Text("key")}", $"{kind} {name}, key {item.Text("key")} {place}"), (int)(item.NumberOrNull("mode") ?? mode), group));
    }

    private static int DefaultModeOf(JsonObject source) => (int)(source.NumberOrNull("defaultMode") ?? DefaultMode);
}
