using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;
using Nacelle.Kubernetes.Quantities;

namespace Nacelle.ApiServer.Resources.Pod.Validation;

/// <summary>The rules of references to the Pod's own fields and resources.</summary>
internal static class DownwardValidation
{
    private static readonly string[] Convertible =
    [
        "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.restartPolicy",
        "spec.serviceAccountName", "spec.schedulerName", "status.phase", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
    ];

    private static readonly string[] ContainerResources =
    [
        "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory",
    ];

    private static readonly string[] ByteDivisors = ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];

    public static void CheckField(List<FieldError> errors, JsonObject reference, FieldPath path, string[] allowed)
    {
        string field = reference.Text("fieldPath");
        if (reference.Text("apiVersion").Length == 0)
        {
            errors.Add(FieldError.Required(path["apiVersion"]));
            return;
        }

        if (field.Length == 0)
        {
            errors.Add(FieldError.Required(path["fieldPath"]));
            return;
        }

        (string name, string? subscript) = Split(field);
        if (reference.Text("apiVersion") != "v1" || !(Convertible.Contains(field) || (subscript is not null && name is "metadata.labels" or "metadata.annotations")))
        {
            string fault = reference.Text("apiVersion") != "v1"
                ? "unsupported pod version: " + reference.Text("apiVersion") : "field label not supported: " + field;
            errors.Add(FieldError.Invalid(path["fieldPath"], field, "error converting fieldPath: " + fault));
        }
        else if (subscript is not null)
        {
            string key = name == "metadata.annotations" ? subscript.ToLowerInvariant() : subscript;
            MetadataValidation.AddInvalid(errors, path, subscript, NameRules.QualifiedName(key));
        }
        else if (!allowed.Contains(field))
        {
            errors.Add(FieldError.NotSupported(path["fieldPath"], field, allowed));
        }
    }

    public static void CheckResource(List<FieldError> errors, JsonObject reference, FieldPath path, bool inVolume)
    {
        string resource = reference.Text("resource");
        if (inVolume && reference.Text("containerName").Length == 0)
        {
            errors.Add(FieldError.Required(path["containerName"]));
        }
        else if (resource.Length == 0)
        {
            errors.Add(FieldError.Required(path["resource"]));
        }
        else if (!ContainerResources.Contains(resource) && !IsHugePages(resource))
        {
            errors.Add(FieldError.NotSupported(path["resource"], resource, ContainerResources));
        }

        CheckDivisor(errors, resource, reference.Text("divisor"), path);
    }

    private static void CheckDivisor(List<FieldError> errors, string resource, string divisor, FieldPath path)
    {
        if (!Quantity.TryParse(divisor, out Quantity? amount) || amount.IsZero)
        {
            return;
        }

        bool isCpu = resource is "limits.cpu" or "requests.cpu";
        string? kind = resource switch
        {
            "limits.cpu" or "requests.cpu" => "cpu",
            "limits.memory" or "requests.memory" => "memory",
            "limits.ephemeral-storage" or "requests.ephemeral-storage" => "local ephemeral storage",
            _ => IsHugePages(resource) ? "hugepages" : null,
        };
        string[] allowed = isCpu ? ["1m", "1"] : ByteDivisors;
        if (kind is not null && !allowed.Contains(amount.ToString()))
        {
            string list = isCpu ? "1m and 1" : string.Join(", ", ByteDivisors);
            errors.Add(FieldError.Invalid(path["divisor"], resource, $"only divisor's values {list} are supported with the {kind} resource"));
        }
    }

    private static bool IsHugePages(string resource) =>
        resource.StartsWith("limits.hugepages-", StringComparison.Ordinal) || resource.StartsWith("requests.hugepages-", StringComparison.Ordinal);

    private static (string Name, string? Subscript) Split(string field)
    {
        int open = field.IndexOf("['", StringComparison.Ordinal);
        return open > 0 && field.EndsWith("']", StringComparison.Ordinal) ? (field[..open], field[(open + 2)..^2]) : (field, null);
    }
}
