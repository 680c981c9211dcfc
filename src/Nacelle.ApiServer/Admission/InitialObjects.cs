using System.Text.Json.Nodes;
using Nacelle.ApiServer.Endpoints;
using Nacelle.ApiServer.Resources;
using Nacelle.ApiServer.Security;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Decoding;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Admission;

/// <summary>What is there from the start: the first namespaces, and the two priority classes of the system.</summary>
internal static class InitialObjects
{
    /// <exception cref="ApiServerStartException">One of them cannot be made.</exception>
    public static async Task EnsureAsync(ApiServices services, CancellationToken cancellationToken)
    {
        ResourceType namespaces = ResourceRegistry.Find("", "v1", "namespaces")!;
        foreach (string name in NamespaceLifecycle.Initial)
        {
            await EnsureAsync(services, namespaces, name, [], cancellationToken).ConfigureAwait(false);
        }

        ResourceType classes = ResourceRegistry.Find("scheduling.k8s.io", "v1", "priorityclasses")!;
        await EnsureAsync(services, classes, "system-cluster-critical", PriorityClass(2_000_000_000, "the node may change"), cancellationToken).ConfigureAwait(false);
        await EnsureAsync(services, classes, "system-node-critical", PriorityClass(2_000_001_000, "bound to its node"), cancellationToken).ConfigureAwait(false);
    }

    private static JsonObject PriorityClass(int value, string which) => new()
    {
        ["value"] = value,
        ["description"] = $"For Pods that the system cannot do without ({which}).",
    };

    private static async Task EnsureAsync(ApiServices services, ResourceType type, string name, JsonObject fields, CancellationToken cancellationToken)
    {
        if (services.Store.Get(type.StorageKind, name) is not null)
        {
            return;
        }

        var request = new WriteRequest
        {
            Type = type,
            Namespace = "",
            Name = name,
            User = Authenticator.LocalAdministrator,
            Options = new WriteOptions(false, "nacelle", FieldValidation.Warn, false),
            Warnings = [],
        };
        var item = new JsonObject { ["kind"] = type.Kind, ["apiVersion"] = type.ApiVersion, ["metadata"] = new JsonObject { ["name"] = name } };
        foreach ((string field, JsonNode? value) in fields)
        {
            item[field] = value?.DeepClone();
        }

        try
        {
            await services.Create.RunAsync(request, item, FieldOwner.Update, cancellationToken).ConfigureAwait(false);
        }
        catch (ApiStatusException e)
        {
            throw new ApiServerStartException($"{type.Kind} {name} cannot be made: {e.Message}", e);
        }
    }
}
