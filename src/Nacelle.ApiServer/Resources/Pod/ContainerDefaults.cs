using System.Text.Json.Nodes;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Resources.Pod;

/// <summary>What a container, init container or ephemeral container has when its manifest does not say.</summary>
internal static class ContainerDefaults
{
    public static void Apply(JsonObject container)
    {
        PodDefaults.SetIfEmpty(container, "terminationMessagePath", "/dev/termination-log");
        PodDefaults.SetIfEmpty(container, "terminationMessagePolicy", "File");
        PodDefaults.SetIfEmpty(container, "imagePullPolicy", PullPolicy(container.Text("image")));
        PodResourceDefaults.RoundUp(container.Child("resources"));
        foreach (JsonObject variable in container.Items("env"))
        {
            if (variable.Child("valueFrom", "fieldRef") is { } field)
            {
                PodDefaults.SetIfEmpty(field, "apiVersion", "v1");
            }
        }

        foreach (string probe in (string[])["livenessProbe", "readinessProbe", "startupProbe"])
        {
            ApplyProbe(container.Child(probe));
        }

        foreach (string hook in (string[])["postStart", "preStop"])
        {
            ApplyHttpGet(container.Child("lifecycle", hook, "httpGet"));
        }
    }

    /// <summary>An image that may change under its name is asked for at every start.</summary>
    public static string PullPolicy(string image) => ImageReference.IsLatest(image) ? "Always" : "IfNotPresent";

    private static void ApplyProbe(JsonObject? probe)
    {
        if (probe is null)
        {
            return;
        }

        SetIfZero(probe, "timeoutSeconds", 1);
        SetIfZero(probe, "periodSeconds", 10);
        SetIfZero(probe, "successThreshold", 1);
        SetIfZero(probe, "failureThreshold", 3);
        ApplyHttpGet(probe.Child("httpGet"));
    }

    private static void ApplyHttpGet(JsonObject? action)
    {
        if (action is not null)
        {
            PodDefaults.SetIfEmpty(action, "path", "/");
            PodDefaults.SetIfEmpty(action, "scheme", "HTTP");
        }
    }

    private static void SetIfZero(JsonObject document, string name, long value)
    {
        if (document.Number(name) == 0)
        {
            document[name] = value;
        }
    }
}
