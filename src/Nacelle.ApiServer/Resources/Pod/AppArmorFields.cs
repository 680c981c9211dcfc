using System.Text.Json.Nodes;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Resources.Pod;

/// <summary>Carries the deprecated AppArmor annotations over to the fields that replaced them.</summary>
internal static class AppArmorFields
{
    public const string AnnotationPrefix = "container.apparmor.security.beta.kubernetes.io/";

    public static void Apply(JsonObject pod, JsonObject spec)
    {
        JsonObject? annotations = pod.Child("metadata", "annotations");
        if (annotations is null || spec.Child("os").Text("name") == "windows")
        {
            return;
        }

        foreach (JsonObject container in spec.Items("initContainers").Concat(spec.Items("containers")))
        {
            string name = AnnotationPrefix + container.Text("name");
            if (!annotations.Has(name) || container.Child("securityContext").Has("appArmorProfile")
                || Profile(annotations.Text(name)) is not { } profile
                || JsonNode.DeepEquals(spec.Child("securityContext", "appArmorProfile"), profile))
            {
                continue;
            }

            container.Ensure("securityContext")["appArmorProfile"] = profile;
        }
    }

    /// <summary>The profile that an annotation means, or null for one that means nothing.</summary>
    public static JsonObject? Profile(string annotation) => annotation switch
    {
        "runtime/default" => new JsonObject { ["type"] = "RuntimeDefault" },
        "unconfined" => new JsonObject { ["type"] = "Unconfined" },
        _ when annotation.StartsWith("localhost/", StringComparison.Ordinal) =>
            new JsonObject { ["type"] = "Localhost", ["localhostProfile"] = annotation["localhost/".Length..] },
        _ => null,
    };
}
