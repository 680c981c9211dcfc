using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Resources.Pod;

/// <summary>Projected volumes with nothing in them, or with files that stand in each other's way.</summary>
internal static class ProjectedWarnings
{
    public static void Check(List<string> warnings, JsonObject volume)
    {
        if (volume.Child("projected") is not { } projected)
        {
            return;
        }

        string name = GoText.Quote(volume.Text("name"));
        List<(string Path, string Source)> files = [];
        foreach (JsonObject source in projected.Items("sources"))
        {
            if (source.Count == 0)
            {
                warnings.Add($"volume {name} (Projected) has no sources provided");
            }

            foreach ((string path, string from) in Files(source))
            {
                (string Path, string Source)? other = files.FirstOrDefault(file => Overlap(file.Path, path)) is { Path: not null } found ? found : null;
                if (other is { } first)
                {
                    warnings.Add($"volume {name} (Projected): overlapping paths: {GoText.Quote(path)} ({from}) with {GoText.Quote(first.Path)} ({first.Source})");
                }

                files.Add((path, from));
            }
        }
    }

    private static bool Overlap(string one, string other) => one == other
        || one.StartsWith(other + "/", StringComparison.Ordinal) || other.StartsWith(one + "/", StringComparison.Ordinal);

    private static IEnumerable<(string Path, string Source)> Files(JsonObject source)
    {
        foreach ((string field, string kind) in (IEnumerable<(string, string)>)[("secret", "Secret"), ("configMap", "ConfigMap")])
        {
            foreach (JsonObject item in source.Child(field).Items("items"))
            {
                yield return (item.Text("path"), $"{kind} {GoText.Quote(source.Child(field).Text("name"))}");
            }
        }

        foreach (JsonObject item in source.Child("downwardAPI").Items("items"))
        {
            yield return (item.Text("path"), "DownwardAPI");
        }

        if (source.Child("serviceAccountToken") is { } token)
        {
            yield return (token.Text("path"), "ServiceAccountToken");
        }
    }
}
