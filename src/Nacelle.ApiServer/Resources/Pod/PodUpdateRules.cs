using System.Text.Json.Nodes;
using Nacelle.ApiServer.Resources.Pod.Validation;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;

namespace Nacelle.ApiServer.Resources.Pod;

/// <summary>What may change in a Pod that exists: images, a shorter deadline, more tolerations, fewer scheduling gates.</summary>
internal static class PodUpdateRules
{
    private const string Updatable =
        "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
        + "`spec.tolerations` (only additions to existing tolerations),"
        + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    public static void PrepareForUpdate(JsonObject item, JsonObject old)
    {
        item["status"] = old["status"]?.DeepClone();
        GatedFields.Drop(item);
    }

    public static IReadOnlyList<FieldError> Validate(JsonObject item, JsonObject old)
    {
        List<FieldError> errors = [];
        PodContext pod = CheckCommon(errors, item, old);
        JsonObject spec = pod.Spec;
        JsonObject before = old.Child("spec") ?? [];
        foreach (string list in (string[])["containers", "initContainers"])
        {
            if (Count(spec, list) != Count(before, list))
            {
                errors.Add(FieldError.Forbidden(pod.Path[list], "pod updates may not add or remove containers"));
                return errors;
            }
        }

        if (!CheckDeadline(errors, spec, before))
        {
            return errors;
        }

        bool tolerations = CheckTolerations(errors, spec, before, pod.Path["tolerations"]);
        CheckGates(errors, spec, before, pod.Path["schedulingGates"]);
        JsonObject munged = Munged(errors, spec, before);
        if (!JsonNode.DeepEquals(munged, before) && (tolerations || !SameButFor(munged, before, "tolerations")))
        {
            errors.Add(FieldError.Forbidden(pod.Path, Updatable + "\n" + LineDiff.Of(before, munged)));
        }

        return errors;
    }

    /// <summary>What all ways of changing a Pod check: metadata, the whole spec, and annotations that stay.</summary>
    public static PodContext CheckCommon(List<FieldError> errors, JsonObject item, JsonObject old)
    {
        var pod = new PodContext(item);
        MetadataValidation.CheckUpdate(errors, item, old, namespaced: true);
        PodValidation.CheckMetadataAndSpec(errors, pod);
        CheckAnnotations(errors, item, old);
        return pod;
    }

    private static int Count(JsonObject spec, string list) => spec.List(list)?.Count ?? 0;

    private static void CheckAnnotations(List<FieldError> errors, JsonObject item, JsonObject old)
    {
        JsonObject now = item.Child("metadata", "annotations") ?? [];
        JsonObject before = old.Child("metadata", "annotations") ?? [];
        const string Mirror = "kubernetes.io/config.mirror";
        foreach (string name in before.Concat(now).Select(entry => entry.Key).Distinct().ToArray())
        {
            string verb = before.Has(name) ? "remove or update" : "add";
            if (now.TextOrNull(name) == before.TextOrNull(name))
            {
                continue;
            }

            if (name.StartsWith(AppArmorFields.AnnotationPrefix, StringComparison.Ordinal))
            {
                errors.Add(FieldError.Forbidden(new FieldPath("metadata.annotations").Key(name), $"may not {verb} AppArmor annotations"));
            }
            else if (name == Mirror)
            {
                errors.Add(FieldError.Forbidden(new FieldPath("metadata.annotations").Key(name), $"may not {verb} mirror pod annotation"));
            }
        }
    }

    private static bool CheckDeadline(List<FieldError> errors, JsonObject spec, JsonObject before)
    {
        const string Path = "spec.activeDeadlineSeconds";
        long? now = spec.NumberOrNull("activeDeadlineSeconds");
        long? was = before.NumberOrNull("activeDeadlineSeconds");
        if (now is < 0 or > int.MaxValue)
        {
            MetadataValidation.AddInvalid(errors, Path, now, NameRules.Between(now.Value, 0, int.MaxValue));
            return false;
        }

        if (now > was)
        {
            errors.Add(FieldError.Invalid(Path, now, "must be less than or equal to previous value"));
            return false;
        }

        if (now is null && was is not null)
        {
            errors.Add(FieldError.Invalid(Path, null, "must not update from a positive integer to nil value"));
        }

        return true;
    }

    /// <summary>False when the tolerations themselves are at fault.</summary>
    private static bool CheckTolerations(List<FieldError> errors, JsonObject spec, JsonObject before, FieldPath path)
    {
        JsonObject[] now = [.. spec.Items("tolerations").Select(Timeless)];
        foreach (JsonObject toleration in before.Items("tolerations"))
        {
            if (!now.Any(other => JsonNode.DeepEquals(other, Timeless(toleration))))
            {
                errors.Add(FieldError.Forbidden(path, "existing toleration can not be modified except its tolerationSeconds"));
                return false;
            }
        }

        SchedulingValidation.CheckTolerations(errors, spec, path);
        return true;
    }

    private static JsonObject Timeless(JsonObject toleration)
    {
        var copy = (JsonObject)toleration.DeepClone();
        copy.Remove("tolerationSeconds");
        return copy;
    }

    private static void CheckGates(List<FieldError> errors, JsonObject spec, JsonObject before, FieldPath path)
    {
        HashSet<string> had = [.. before.Items("schedulingGates").Select(gate => gate.Text("name"))];
        int i = 0;
        foreach (JsonObject gate in spec.Items("schedulingGates"))
        {
            if (!had.Contains(gate.Text("name")))
            {
                errors.Add(FieldError.Forbidden(path[i]["name"], $"only deletion is allowed, but found new scheduling gate '{gate.Text("name")}'"));
            }

            i++;
        }
    }

    /// <summary>The new spec with what may change put back, so that anything else shows as a difference.</summary>
    private static JsonObject Munged(List<FieldError> errors, JsonObject spec, JsonObject before)
    {
        var munged = (JsonObject)spec.DeepClone();
        foreach (string list in (string[])["containers", "initContainers"])
        {
            foreach ((JsonObject container, JsonObject old) in munged.Items(list).Zip(before.Items(list)))
            {
                Restore(container, old, "image");
            }
        }

        foreach (string field in (string[])["activeDeadlineSeconds", "tolerations", "schedulingGates"])
        {
            Restore(munged, before, field);
        }

        if (before.Number("terminationGracePeriodSeconds") < 0 && spec.Number("terminationGracePeriodSeconds") == 1)
        {
            Restore(munged, before, "terminationGracePeriodSeconds");
        }

        if (before.List("schedulingGates") is { Count: > 0 })
        {
            GatedUpdateRules.Check(errors, spec, before);
            Restore(munged, before, "nodeSelector");
            GatedUpdateRules.RestoreNodeAffinity(munged, before);
        }

        return munged;
    }

    private static bool SameButFor(JsonObject munged, JsonObject before, string field)
    {
        var copy = (JsonObject)munged.DeepClone();
        Restore(copy, before, field);
        return JsonNode.DeepEquals(copy, before);
    }

    internal static void Restore(JsonObject item, JsonObject old, string field)
    {
        if (old.TryGetPropertyValue(field, out JsonNode? value))
        {
            item[field] = value?.DeepClone();
        }
        else
        {
            item.Remove(field);
        }
    }
}
