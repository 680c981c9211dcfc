using System.Globalization;
using System.Text.Json.Nodes;
using Nacelle.ApiServer.Storage;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Admission;

/// <summary>Works out a new Pod's priority from its PriorityClass, or from the default one (admission plugin Priority).</summary>
internal static class PodPriority
{
    private const string Kind = "priorityclasses.scheduling.k8s.io";

    public static void Admit(ObjectStore store, WriteRequest request, JsonObject pod)
    {
        JsonObject spec = pod.Ensure("spec");
        string name = spec.Text("priorityClassName");
        JsonObject? chosen = name.Length > 0 ? Find(store, name) : Default(store);
        if (name.Length > 0 && chosen is null)
        {
            throw Forbidden(request, pod, $"no PriorityClass with name {name} was found");
        }

        if (name.Length == 0 && chosen is not null)
        {
            spec["priorityClassName"] = chosen.Child("metadata").Text("name");
        }

        long value = chosen.Number("value");
        if (spec.NumberOrNull("priority") is { } given && given != value)
        {
            throw Forbidden(request, pod, string.Create(CultureInfo.InvariantCulture,
                $"the integer value of priority ({given}) must not be provided in pod spec; priority admission controller computed {value} from the given PriorityClass name"));
        }

        spec["priority"] = value;
        string policy = chosen.Text("preemptionPolicy") is { Length: > 0 } stated ? stated : "PreemptLowerPriority";
        if (spec.TextOrNull("preemptionPolicy") is { } givenPolicy && givenPolicy != policy)
        {
            throw Forbidden(request, pod,
                $"the string value of PreemptionPolicy ({givenPolicy}) must not be provided in pod spec; priority admission controller computed {policy} from the given PriorityClass name");
        }

        spec["preemptionPolicy"] = policy;
    }

    public static ApiStatusException Forbidden(WriteRequest request, JsonObject pod, string reason)
    {
        JsonObject? metadata = pod.Child("metadata");
        string name = metadata.Text("name") is { Length: > 0 } own ? own : metadata.Text("generateName");
        return ApiStatusException.Forbidden(request.Type.Group, request.Type.Plural, name.Length > 0 ? name : "Unknown", reason);
    }

    private static JsonObject? Find(ObjectStore store, string name) =>
        store.Get(Kind, name) is { } stored ? StoredJson.Decode(stored.Json, "PriorityClass", "scheduling.k8s.io/v1") : null;

    /// <summary>The lowest of the classes that say they are the default.</summary>
    private static JsonObject? Default(ObjectStore store) => store.List(Kind, KeyRange.All).Items
        .Select(stored => StoredJson.Decode(stored.Json, "PriorityClass", "scheduling.k8s.io/v1"))
        .Where(c => c.Flag("globalDefault"))
        .MinBy(c => c.Number("value"));
}
