using System.Text.Json.Nodes;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Resources.Pod;

/// <summary>What a volume has when its manifest does not say; without any source it is an empty directory.</summary>
internal static class VolumeDefaults
{
    private const long FileMode = 420; // 0644

    public static void Apply(JsonObject volume)
    {
        if (!volume.Any(field => field.Key != "name" && field.Value is not null))
        {
            volume["emptyDir"] = new JsonObject();
        }

        foreach (string kind in (string[])["secret", "configMap", "downwardAPI", "projected"])
        {
            if (volume.Child(kind) is { } source)
            {
                PodDefaults.SetIfAbsent(source, "defaultMode", FileMode);
            }
        }

        ApplyItems(volume.Child("downwardAPI"));
        foreach (JsonObject source in volume.Child("projected").Items("sources"))
        {
            ApplyItems(source.Child("downwardAPI"));
            if (source.Child("serviceAccountToken") is { } token)
            {
                PodDefaults.SetIfAbsent(token, "expirationSeconds", 3600);
            }
        }

        ApplyOthers(volume);
    }

    private static void ApplyOthers(JsonObject volume)
    {
        if (volume.Child("hostPath") is { } hostPath && !hostPath.Has("type"))
        {
            hostPath["type"] = "";
        }

        if (volume.Child("image") is { } image)
        {
            PodDefaults.SetIfEmpty(image, "pullPolicy", ContainerDefaults.PullPolicy(image.Text("reference")));
        }

        if (volume.Child("ephemeral", "volumeClaimTemplate") is { } claim)
        {
            JsonObject spec = claim.Ensure("spec");
            if (!spec.Has("volumeMode"))
            {
                spec["volumeMode"] = "Filesystem";
            }

            PodResourceDefaults.RoundUp(spec.Child("resources"));
        }
    }

    private static void ApplyItems(JsonObject? source)
    {
        foreach (JsonObject item in source.Items("items"))
        {
            if (item.Child("fieldRef") is { } field)
            {
                PodDefaults.SetIfEmpty(field, "apiVersion", "v1");
            }
        }
    }
}
