using System.Text.Json.Nodes;
using Nacelle.ApiServer.Storage;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Admission;

/// <summary>Takes over what a new Pod's RuntimeClass asks for: overhead, node selector, tolerations (admission plugin RuntimeClass).</summary>
internal static class PodRuntimeClass
{
    public static void Admit(ObjectStore store, WriteRequest request, JsonObject pod)
    {
        JsonObject spec = pod.Ensure("spec");
        string name = spec.Text("runtimeClassName");
        JsonObject? runtimeClass = null;
        if (name.Length > 0)
        {
            runtimeClass = store.Get("runtimeclasses.node.k8s.io", name) is { } stored
                ? StoredJson.Decode(stored.Json, "RuntimeClass", "node.k8s.io/v1")
                : throw PodPriority.Forbidden(request, pod, $"pod rejected: RuntimeClass \"{name}\" not found");
        }

        ApplyOverhead(request, pod, spec, runtimeClass);
        if (runtimeClass.Child("scheduling") is { } scheduling)
        {
            ApplyNodeSelector(request, pod, spec, scheduling);
            ApplyTolerations(spec, scheduling);
        }
    }

    private static void ApplyOverhead(WriteRequest request, JsonObject pod, JsonObject spec, JsonObject? runtimeClass)
    {
        JsonObject? wanted = runtimeClass.Child("overhead").Child("podFixed");
        bool given = spec.Child("overhead") is { Count: > 0 };
        if (wanted is null or { Count: 0 })
        {
            if (given)
            {
                throw PodPriority.Forbidden(request, pod, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead");
            }

            return;
        }

        if (given && !JsonNode.DeepEquals(spec["overhead"], wanted))
        {
            throw PodPriority.Forbidden(request, pod, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
        }

        spec["overhead"] = wanted.DeepClone();
    }

    private static void ApplyNodeSelector(WriteRequest request, JsonObject pod, JsonObject spec, JsonObject scheduling)
    {
        foreach ((string key, JsonNode? value) in scheduling.Child("nodeSelector") ?? [])
        {
            JsonObject selector = spec.Ensure("nodeSelector");
            if (selector.TextOrNull(key) is { } own && own != value.AsText())
            {
                throw PodPriority.Forbidden(request, pod,
                    $"conflict: runtimeClass.scheduling.nodeSelector[{key}] = {value.AsText()}; pod.spec.nodeSelector[{key}] = {own}");
            }

            selector[key] = value?.DeepClone();
        }
    }

    private static void ApplyTolerations(JsonObject spec, JsonObject scheduling)
    {
        foreach (JsonObject toleration in scheduling.Items("tolerations"))
        {
            JsonArray own = spec.List("tolerations") ?? [];
            if (!own.Any(t => JsonNode.DeepEquals(t, toleration)))
            {
                own.Add(toleration.DeepClone());
            }

            if (own.Parent is null)
            {
                spec["tolerations"] = own;
            }
        }
    }
}
