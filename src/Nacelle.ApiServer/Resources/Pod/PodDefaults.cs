using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Schema;

namespace Nacelle.ApiServer.Resources.Pod;

/// <summary>What a Pod has when its manifest does not say. Runs on decoded documents; running it twice changes nothing.</summary>
internal static class PodDefaults
{
    /// <summary>Defaults of a Pod: those of its template, and those that only a real Pod gets.</summary>
    public static void Apply(JsonObject pod)
    {
        JsonObject spec = pod.Ensure("spec");
        ApplySpec(spec);
        PodResourceDefaults.Apply(spec);
        SetIfAbsent(spec, "enableServiceLinks", true);
        if (spec.Flag("hostNetwork"))
        {
            SetHostPorts(spec.Items("containers"));
            SetHostPorts(spec.Items("initContainers"));
        }
    }

    /// <summary>Defaults that a Pod and a Pod template share.</summary>
    public static void ApplySpec(JsonObject spec)
    {
        SchemaDefaults.Apply(spec, SchemaTables.Default.Type("core.PodSpec"));
        SetIfEmpty(spec, "dnsPolicy", "ClusterFirst");
        SetIfEmpty(spec, "restartPolicy", "Always");
        SetIfEmpty(spec, "schedulerName", "default-scheduler");
        SetIfAbsent(spec, "terminationGracePeriodSeconds", 30L);
        spec.Ensure("securityContext");
        MirrorServiceAccount(spec);
        foreach (string list in (string[])["initContainers", "containers", "ephemeralContainers"])
        {
            foreach (JsonObject container in spec.Items(list))
            {
                ContainerDefaults.Apply(container);
            }
        }

        foreach (JsonObject volume in spec.Items("volumes"))
        {
            VolumeDefaults.Apply(volume);
        }

        PodResourceDefaults.RoundUp(spec.Child("resources"));
        PodResourceDefaults.RoundUpList(spec.Child("overhead"));
    }

    internal static void SetIfEmpty(JsonObject document, string name, string value)
    {
        if (document.Text(name).Length == 0)
        {
            document[name] = value;
        }
    }

    internal static void SetIfAbsent(JsonObject document, string name, long value)
    {
        if (!document.Has(name))
        {
            document[name] = value;
        }
    }

    internal static void SetIfAbsent(JsonObject document, string name, bool value)
    {
        if (!document.Has(name))
        {
            document[name] = value;
        }
    }

    /// <summary>The deprecated <c>serviceAccount</c> always says the same as <c>serviceAccountName</c>.</summary>
    private static void MirrorServiceAccount(JsonObject spec)
    {
        string name = spec.Text("serviceAccountName") is { Length: > 0 } given ? given : spec.Text("serviceAccount");
        if (name.Length > 0)
        {
            spec["serviceAccountName"] = name;
            spec["serviceAccount"] = name;
        }
    }

    private static void SetHostPorts(IEnumerable<JsonObject> containers)
    {
        foreach (JsonObject port in containers.SelectMany(container => container.Items("ports")))
        {
            if (port.Number("hostPort") == 0 && port.Number("containerPort") != 0)
            {
                port["hostPort"] = port.Number("containerPort");
            }
        }
    }
}
