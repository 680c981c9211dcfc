using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;
using Nacelle.Kubernetes.Quantities;

namespace Nacelle.ApiServer.Resources.Pod.Validation;

/// <summary>The rules of resource requests and limits.</summary>
internal static class ResourceValidation
{
    private static readonly string[] ContainerNames = ["cpu", "memory", "ephemeral-storage"];

    private static readonly string[] StandardNames =
    [
        "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage", "limits.cpu", "limits.memory",
        "limits.ephemeral-storage", "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps",
        "persistentvolumeclaims", "storage", "requests.storage", "services.nodeports", "services.loadbalancers",
    ];

    /// <param name="podLevel">Resources of the Pod as a whole, which know fewer names.</param>
    public static void Check(
        List<FieldError> errors, JsonObject? resources, FieldPath path, IReadOnlySet<string>? claims, bool podLevel = false)
    {
        JsonObject limits = resources.Child("limits") ?? [];
        JsonObject requests = resources.Child("requests") ?? [];
        foreach ((string name, JsonNode? value) in limits)
        {
            CheckAmount(errors, name, Read(value), path["limits"].Key(name), podLevel);
        }

        foreach ((string name, JsonNode? value) in requests)
        {
            Quantity amount = Read(value);
            CheckAmount(errors, name, amount, path["requests"].Key(name), podLevel);
            CheckAgainstLimit(errors, name, amount, limits, path);
        }

        string[] names = [.. limits.Concat(requests).Select(entry => entry.Key)];
        if (names.Any(IsHugePages) && !names.Any(name => name is "cpu" or "memory"))
        {
            errors.Add(FieldError.Forbidden(path, "HugePages require cpu or memory"));
        }

        CheckClaims(errors, resources, path["claims"], claims);
    }

    public static bool IsHugePages(string name) => name.StartsWith("hugepages-", StringComparison.Ordinal);

    /// <summary>Whether a name is one of Kubernetes' own.</summary>
    public static bool IsNative(string name) =>
        !name.Contains('/', StringComparison.Ordinal) || name.Contains("kubernetes.io/", StringComparison.Ordinal);

    public static bool IsExtended(string name) => !IsNative(name) && !name.StartsWith("requests.", StringComparison.Ordinal)
        && NameRules.QualifiedName("requests." + name).Count == 0;

    public static Quantity Read(JsonNode? value) => Quantity.TryParse(value.AsText() ?? "", out Quantity? amount) ? amount : Quantity.Zero;

    private static void CheckAmount(List<FieldError> errors, string name, Quantity amount, FieldPath path, bool podLevel)
    {
        if (podLevel)
        {
            if (!PodResourceDefaults.IsPodLevel(name))
            {
                errors.Add(FieldError.NotSupported(path, name, "cpu", "hugepages-", "memory"));
            }
        }
        else
        {
            CheckName(errors, name, path);
        }

        if (amount.Sign < 0)
        {
            errors.Add(FieldError.Invalid(path, amount.ToString(), "must be greater than or equal to 0"));
        }

        if (IsExtended(name) && !amount.IsWhole)
        {
            errors.Add(FieldError.Invalid(path, amount.ToString(), "must be an integer"));
        }

        if (IsHugePages(name) && !IsWholePages(name, amount))
        {
            errors.Add(FieldError.Invalid(path, amount.ToString(), $"{amount} is not positive integer multiple of {name}"));
        }
    }

    private static void CheckName(List<FieldError> errors, string name, FieldPath path)
    {
        IReadOnlyList<string> faults = NameRules.QualifiedName(name);
        MetadataValidation.AddInvalid(errors, path, name, faults);
        bool plain = !name.Contains('/', StringComparison.Ordinal);
        if (faults.Count == 0 && plain && !StandardNames.Contains(name) && !IsHugePages(name))
        {
            errors.Add(FieldError.Invalid(path, name, "must be a standard resource type or fully qualified"));
        }

        if (plain && !ContainerNames.Contains(name) && !IsHugePages(name))
        {
            errors.Add(FieldError.Invalid(path, name, "must be a standard resource for containers"));
        }
        else if (!plain && !IsNative(name) && !IsExtended(name))
        {
            errors.Add(FieldError.Invalid(path, name, "doesn't follow extended resource name standard"));
        }
    }

    private static bool IsWholePages(string name, Quantity amount) =>
        Quantity.TryParse(name["hugepages-".Length..], out Quantity? page) && page.Value > 0 && amount.Value % page.Value == 0;

    private static void CheckAgainstLimit(List<FieldError> errors, string name, Quantity amount, JsonObject limits, FieldPath path)
    {
        bool overcommits = IsNative(name) && !IsHugePages(name);
        if (!limits.Has(name))
        {
            if (!overcommits)
            {
                errors.Add(FieldError.Required(path["limits"], "Limit must be set for non overcommitable resources"));
            }

            return;
        }

        Quantity limit = Read(limits[name]);
        if (!overcommits && amount != limit)
        {
            errors.Add(FieldError.Invalid(path["requests"], amount.ToString(), $"must be equal to {name} limit of {limit}"));
        }
        else if (amount > limit)
        {
            errors.Add(FieldError.Invalid(path["requests"], amount.ToString(), $"must be less than or equal to {name} limit of {limit}"));
        }
    }

    private static void CheckClaims(List<FieldError> errors, JsonObject? resources, FieldPath path, IReadOnlySet<string>? claims)
    {
        HashSet<string> seen = [];
        int i = 0;
        foreach (JsonObject claim in resources.Items("claims"))
        {
            string name = claim.Text("name");
            string part = claim.Text("request");
            bool taken = seen.Contains(name) || (part.Length == 0 && seen.Any(other => other.StartsWith(name + "/", StringComparison.Ordinal)));
            if (name.Length == 0)
            {
                errors.Add(FieldError.Required(path[i]["name"]));
            }
            else if (taken || !seen.Add(part.Length == 0 ? name : name + "/" + part))
            {
                errors.Add(FieldError.Duplicate(path[i], name));
            }

            if (name.Length > 0 && claims?.Contains(name) != true)
            {
                errors.Add(FieldError.NotFound(path[i]["name"], name));
            }

            i++;
        }
    }
}
