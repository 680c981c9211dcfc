using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Resources.Pod.Validation;

/// <summary>What the rules of a Pod's parts need to know of the rest of it.</summary>
internal sealed class PodContext(JsonObject pod)
{
    public JsonObject Pod { get; } = pod;

    public JsonObject Spec { get; } = pod.Child("spec") ?? [];

    public FieldPath Path { get; } = "spec";

    /// <summary>The volumes that are valid themselves, by name; others count as not there.</summary>
    public Dictionary<string, JsonObject> Volumes { get; } = [];

    public HashSet<string> ClaimNames { get; } = [.. (pod.Child("spec")).Items("resourceClaims").Select(claim => claim.Text("name"))];

    /// <summary>Whether the Pod keeps the users of the host (no user namespace of its own).</summary>
    public bool HostUsers => Spec.FlagOrNull("hostUsers") ?? true;

    public long GracePeriod => Spec.Number("terminationGracePeriodSeconds");
}
