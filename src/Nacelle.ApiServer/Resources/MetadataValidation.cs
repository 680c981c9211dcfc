using System.Text;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;

namespace Nacelle.ApiServer.Resources;

/// <summary>The rules of <c>metadata</c> that all kinds share (apimachinery <c>api/validation</c>).</summary>
internal static class MetadataValidation
{
    private const int MaximumAnnotationBytes = 256 * 1024;
    private static readonly string[] StandardFinalizers = ["kubernetes", "orphan", "foregroundDeletion"];

    /// <summary>Checks the metadata of a new object, after a name has been generated.</summary>
    /// <param name="checkPrefix">Whether <c>generateName</c> is judged beside the name that came of it.</param>
    public static void Check(
        List<FieldError> errors, JsonObject item, bool namespaced, Func<string, IReadOnlyList<string>> name, bool checkPrefix = true,
        bool coreFinalizers = true)
    {
        JsonObject? metadata = item.Child("metadata");
        string prefix = metadata.Text("generateName");
        if (prefix.Length > 0 && checkPrefix)
        {
            AddInvalid(errors, "metadata.generateName", prefix, name(NameRules.MaskTrailingDash(prefix)));
        }

        if (metadata.Text("name").Length == 0)
        {
            errors.Add(FieldError.Required("metadata.name", "name or generateName is required"));
        }
        else
        {
            AddInvalid(errors, "metadata.name", metadata.Text("name"), name(metadata.Text("name")));
        }

        CheckRest(errors, metadata, namespaced, coreFinalizers);
    }

    /// <summary>Checks the metadata of a changed object.</summary>
    public static void CheckUpdate(List<FieldError> errors, JsonObject item, JsonObject old, bool namespaced, bool coreFinalizers = true)
    {
        JsonObject? metadata = item.Child("metadata");
        JsonObject? before = old.Child("metadata");
        if (before.Has("deletionTimestamp"))
        {
            string[] added = [.. metadata.Texts("finalizers").Except(before.Texts("finalizers")).Order(StringComparer.Ordinal)];
            if (added.Length > 0)
            {
                errors.Add(FieldError.Forbidden("metadata.finalizers",
                    "no new finalizers can be added if the object is being deleted, found new finalizers []string{"
                    + string.Join(", ", added.Select(GoText.Quote)) + "}"));
            }
        }

        if (metadata.Text("resourceVersion").Length == 0)
        {
            errors.Add(FieldError.Invalid("metadata.resourceVersion", "", "must be specified for an update"));
        }

        if (metadata.Number("generation") < before.Number("generation"))
        {
            errors.Add(FieldError.Invalid("metadata.generation", metadata.Number("generation"), "must not be decremented"));
        }

        foreach (string field in (string[])["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"])
        {
            if (!JsonNode.DeepEquals(metadata?[field], before?[field]))
            {
                errors.Add(FieldError.Invalid("metadata." + field, metadata?[field], "field is immutable"));
            }
        }

        CheckRest(errors, metadata, namespaced, coreFinalizers);
    }

    /// <summary>Labels, or a map of the same form such as a node selector.</summary>
    public static void CheckLabels(List<FieldError> errors, JsonObject? labels, FieldPath path)
    {
        foreach ((string key, JsonNode? value) in labels ?? [])
        {
            AddInvalid(errors, path, key, NameRules.QualifiedName(key));
            AddInvalid(errors, path, value.AsText() ?? "", NameRules.LabelValue(value.AsText() ?? ""));
        }
    }

    public static void CheckAnnotations(List<FieldError> errors, JsonObject? annotations, FieldPath path)
    {
        long size = 0;
        foreach ((string key, JsonNode? value) in annotations ?? [])
        {
            AddInvalid(errors, path, key, NameRules.QualifiedName(key.ToLowerInvariant()));
            size += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value.AsText() ?? "");
        }

        if (size > MaximumAnnotationBytes)
        {
            errors.Add(FieldError.TooLong(path, MaximumAnnotationBytes));
        }
    }

    public static void AddInvalid(List<FieldError> errors, FieldPath path, object value, IReadOnlyList<string> faults)
    {
        foreach (string fault in faults)
        {
            errors.Add(FieldError.Invalid(path, value, fault));
        }
    }

    /// <summary>The additional rule of core kinds: a finalizer is a standard one or belongs to a domain.</summary>
    public static void CheckStandardFinalizer(List<FieldError> errors, string name, FieldPath path)
    {
        if (!name.Contains('/', StringComparison.Ordinal) && !StandardFinalizers.Contains(name))
        {
            errors.Add(FieldError.Invalid(path, name, "name is neither a standard finalizer name nor is it fully qualified"));
        }
    }

    private static void CheckRest(List<FieldError> errors, JsonObject? metadata, bool namespaced, bool coreFinalizers)
    {
        if (namespaced && metadata.Text("namespace").Length == 0)
        {
            errors.Add(FieldError.Required("metadata.namespace"));
        }

        if (metadata.Number("generation") < 0)
        {
            errors.Add(FieldError.Invalid("metadata.generation", metadata.Number("generation"), "must be greater than or equal to 0"));
        }

        CheckLabels(errors, metadata.Child("labels"), "metadata.labels");
        CheckAnnotations(errors, metadata.Child("annotations"), "metadata.annotations");
        CheckOwners(errors, metadata);
        CheckFinalizers(errors, metadata, coreFinalizers);
    }

    private static void CheckOwners(List<FieldError> errors, JsonObject? metadata)
    {
        FieldPath path = "metadata.ownerReferences";
        string? controller = null;
        foreach (JsonObject owner in metadata.Items("ownerReferences"))
        {
            string apiVersion = owner.Text("apiVersion");
            if (apiVersion.Length == 0 || apiVersion.EndsWith('/'))
            {
                errors.Add(FieldError.Invalid(path["apiVersion"], apiVersion, "version must not be empty"));
            }

            foreach (string field in (string[])["kind", "name", "uid"])
            {
                if (owner.Text(field).Length == 0)
                {
                    errors.Add(FieldError.Invalid(path[field], "", "must not be empty"));
                }
            }

            if (apiVersion == "v1" && owner.Text("kind") == "Event")
            {
                errors.Add(FieldError.Invalid(path, owner, "/v1, Kind=Event is disallowed from being an owner"));
            }

            if (owner.Flag("controller"))
            {
                string name = owner.Text("kind") + "/" + owner.Text("name");
                if (controller is not null)
                {
                    errors.Add(FieldError.Invalid(path, metadata.List("ownerReferences"),
                        $"Only one reference can have Controller set to true. Found \"true\" in references for {controller} and {name}"));
                }

                controller ??= name;
            }
        }
    }

    private static void CheckFinalizers(List<FieldError> errors, JsonObject? metadata, bool coreFinalizers)
    {
        string[] finalizers = [.. metadata.Texts("finalizers")];
        foreach (string finalizer in finalizers)
        {
            AddInvalid(errors, "metadata.finalizers", finalizer, NameRules.QualifiedName(finalizer));
        }

        if (finalizers.Contains("orphan") && finalizers.Contains("foregroundDeletion"))
        {
            errors.Add(FieldError.Invalid("metadata.finalizers", metadata.List("finalizers"), "finalizer orphan and foregroundDeletion cannot be both set"));
        }

        for (int i = 0; coreFinalizers && i < finalizers.Length; i++)
        {
            CheckStandardFinalizer(errors, finalizers[i], new FieldPath("metadata.finalizers").Index(i));
        }
    }
}
