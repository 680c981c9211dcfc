using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;

namespace Nacelle.ApiServer.Resources.ServiceAccount;

/// <summary>The rules of ServiceAccounts.</summary>
internal static class ServiceAccountRules
{
    private const string Enforce = "kubernetes.io/enforce-mountable-secrets";

    /// <summary>References to secrets keep nothing but the name.</summary>
    public static void PrepareForCreate(JsonObject item)
    {
        foreach (JsonObject secret in item.Items("secrets"))
        {
            foreach (string field in secret.Select(entry => entry.Key).Where(field => field != "name").ToArray())
            {
                secret.Remove(field);
            }
        }
    }

    public static IReadOnlyList<FieldError> Create(JsonObject item)
    {
        List<FieldError> errors = [];
        MetadataValidation.Check(errors, item, namespaced: true, NameRules.Dns1123Subdomain);
        return errors;
    }

    public static IReadOnlyList<FieldError> Update(JsonObject item, JsonObject old)
    {
        List<FieldError> errors = [];
        MetadataValidation.CheckUpdate(errors, item, old, namespaced: true);
        return errors;
    }

    public static IReadOnlyList<string> Warnings(JsonObject item, JsonObject? old) =>
        item.Child("metadata", "annotations").Has(Enforce) && !old.Child("metadata", "annotations").Has(Enforce)
            ? [$"metadata.annotations[{Enforce}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets"]
            : [];
}
