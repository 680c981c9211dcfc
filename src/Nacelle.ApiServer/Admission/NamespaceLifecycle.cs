using System.Text.Json.Nodes;
using Nacelle.ApiServer.Storage;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Admission;

/// <summary>Objects are created only in a namespace that exists and stays; three namespaces always stay.</summary>
internal static class NamespaceLifecycle
{
    private static readonly string[] Immortal = ["default", "kube-system", "kube-public"];

    /// <summary>Made when the server starts, if they are not there.</summary>
    public static IReadOnlyList<string> Initial { get; } = ["default", "kube-system", "kube-public", "kube-node-lease"];

    public static void Admit(ObjectStore store, WriteRequest request, JsonObject? old)
    {
        if (old is not null || !request.Type.Namespaced)
        {
            return;
        }

        StoredObject stored = store.Get("namespaces", request.Namespace)
            ?? throw ApiStatusException.NotFound("", "namespaces", request.Namespace);
        JsonObject found = StoredJson.Decode(stored.Json, "Namespace", "v1");
        if (found.Child("status").Text("phase") == "Terminating" || found.Child("metadata").Has("deletionTimestamp"))
        {
            throw Terminating(request);
        }
    }

    /// <exception cref="ApiStatusException">403: the namespace may not go.</exception>
    public static void AdmitDelete(string plural, string name)
    {
        if (plural == "namespaces" && Immortal.Contains(name))
        {
            throw ApiStatusException.Forbidden("", "namespaces", name, "this namespace may not be deleted");
        }
    }

    private static ApiStatusException Terminating(WriteRequest request)
    {
        ApiStatusException forbidden = ApiStatusException.Forbidden(
            request.Type.Group, request.Type.Plural, request.Name,
            $"unable to create new content in namespace {request.Namespace} because it is being terminated");
        StatusDetails details = forbidden.Status.Details! with
        {
            Causes = [new StatusCause("NamespaceTerminating", $"namespace {request.Namespace} is being terminated", "metadata.namespace")],
        };
        return new ApiStatusException(forbidden.Status with { Details = details });
    }
}
