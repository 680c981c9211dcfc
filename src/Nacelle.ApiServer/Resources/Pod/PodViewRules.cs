using System.Text.Json.Nodes;
using Nacelle.ApiServer.Resources.Pod.Validation;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Quantities;

namespace Nacelle.ApiServer.Resources.Pod;

/// <summary>What may change through the paths below a Pod: its status, its ephemeral containers, its containers' cpu and memory.</summary>
internal static class PodViewRules
{
    /// <summary>Status writers observe: wishes and owners stay as they are.</summary>
    public static void PrepareStatus(JsonObject item, JsonObject old)
    {
        item["spec"] = old["spec"]?.DeepClone();
        JsonObject metadata = item.Ensure("metadata");
        metadata.Remove("deletionTimestamp");
        foreach (string field in (string[])["ownerReferences", "deletionTimestamp", "deletionGracePeriodSeconds"])
        {
            PodUpdateRules.Restore(metadata, old.Child("metadata") ?? [], field);
        }

        if (item.Ensure("status").Text("qosClass").Length == 0)
        {
            PodUpdateRules.Restore(item.Ensure("status"), old.Child("status") ?? [], "qosClass");
        }
    }

    public static IReadOnlyList<FieldError> ValidateStatus(JsonObject item, JsonObject old)
    {
        List<FieldError> errors = [];
        MetadataValidation.CheckUpdate(errors, item, old, namespaced: true);
        JsonObject? status = item.Child("status");
        JsonObject? before = old.Child("status");
        if (status.Text("qosClass") != before.Text("qosClass"))
        {
            errors.Add(FieldError.Invalid("status.qosClass", status.Text("qosClass"), "field is immutable"));
        }

        int i = 0;
        foreach (JsonObject condition in status.Items("conditions"))
        {
            MetadataValidation.AddInvalid(errors, new FieldPath("status.conditions")[i++]["type"], condition.Text("type"),
                Nacelle.Kubernetes.Names.NameRules.QualifiedName(condition.Text("type")));
        }

        CheckEnded(errors, status, before, "containerStatuses", old.Child("spec").Text("restartPolicy"));
        return errors;
    }

    public static void PrepareEphemeral(JsonObject item, JsonObject old)
    {
        JsonNode? containers = item.Child("spec")?["ephemeralContainers"]?.DeepClone();
        KeepAllBut(item, old);
        JsonObject spec = item.Ensure("spec");
        spec.Remove("ephemeralContainers");
        if (containers is not null)
        {
            spec["ephemeralContainers"] = containers;
        }

        GatedFields.Drop(item);
    }

    public static IReadOnlyList<FieldError> ValidateEphemeral(JsonObject item, JsonObject old)
    {
        List<FieldError> errors = [];
        PodContext pod = PodUpdateRules.CheckCommon(errors, item, old);
        FieldPath path = pod.Path["ephemeralContainers"];
        foreach (JsonObject before in old.Child("spec").Items("ephemeralContainers"))
        {
            string name = before.Text("name");
            JsonObject? now = pod.Spec.Items("ephemeralContainers").FirstOrDefault(container => container.Text("name") == name);
            if (now is null)
            {
                errors.Add(FieldError.Forbidden(path, $"existing ephemeral containers {GoText.Quote(name)} may not be removed\n"));
            }
            else if (!JsonNode.DeepEquals(now, before))
            {
                errors.Add(FieldError.Forbidden(path, $"existing ephemeral containers {GoText.Quote(name)} may not be changed\n{LineDiff.Of(before, now)}"));
            }
        }

        return errors;
    }

    /// <summary>Only the containers' resources can come through this path; everything else is put back.</summary>
    public static void PrepareResize(JsonObject item, JsonObject old)
    {
        JsonObject wanted = (JsonObject)(item.Child("spec")?.DeepClone() ?? new JsonObject());
        KeepAllBut(item, old);
        JsonObject spec = item.Ensure("spec");
        foreach (string list in (string[])["containers", "initContainers"])
        {
            if (wanted.List(list) is { } containers)
            {
                spec[list] = containers.DeepClone();
            }
        }

        PodResourceDefaults.Apply(spec);
    }

    public static IReadOnlyList<FieldError> ValidateResize(JsonObject item, JsonObject old)
    {
        List<FieldError> errors = [];
        PodContext pod = PodUpdateRules.CheckCommon(errors, item, old);
        JsonObject before = old.Child("spec") ?? [];
        if (before.Child("os").Text("name") == "windows")
        {
            return [.. errors, new FieldError(FieldErrorType.FieldValueForbidden, "[]", null, "windows pods cannot be resized")];
        }

        if (PodResources.QualityOfService(pod.Spec) != PodResources.QualityOfService(before))
        {
            errors.Add(FieldError.Invalid(pod.Path, old.Child("status").Text("qosClass"), "Pod QOS Class may not change as a result of resizing"));
        }

        var munged = (JsonObject)pod.Spec.DeepClone();
        foreach (string list in (string[])["containers", "initContainers"])
        {
            JsonObject[] now = [.. munged.Items(list)];
            JsonObject[] was = [.. before.Items(list)];
            if (now.Length != was.Length)
            {
                errors.Add(FieldError.Forbidden(pod.Path[list], "containers may not be added or removed on resize"));
                return errors;
            }

            for (int i = 0; i < now.Length; i++)
            {
                CheckRemoved(errors, now[i], was[i], pod.Path[list][i]["resources"]);
                RestoreAmounts(now[i], was[i]);
            }
        }

        if (!JsonNode.DeepEquals(munged, before))
        {
            errors.Add(FieldError.Forbidden(pod.Path, "only cpu and memory resources are mutable"));
        }

        return errors;
    }

    private static void KeepAllBut(JsonObject item, JsonObject old)
    {
        item["spec"] = old["spec"]?.DeepClone();
        item["status"] = old["status"]?.DeepClone();
        string version = item.Child("metadata").Text("resourceVersion");
        JsonNode? managed = item.Child("metadata")?["managedFields"]?.DeepClone();
        var metadata = (JsonObject)(old["metadata"]?.DeepClone() ?? new JsonObject());
        item["metadata"] = metadata;
        if (version.Length > 0)
        {
            metadata["resourceVersion"] = version;
        }

        if (managed is not null)
        {
            metadata["managedFields"] = managed;
        }
    }

    private static void CheckRemoved(List<FieldError> errors, JsonObject now, JsonObject was, FieldPath path)
    {
        foreach ((string section, string shown) in (ReadOnlySpan<(string, string)>)[("requests", "resource requests"), ("limits", "resource limits")])
        {
            SortedDictionary<string, Quantity> amounts = PodResources.Amounts(now, section);
            if (PodResources.Amounts(was, section).Keys.Any(name => name is "cpu" or "memory" && !amounts.ContainsKey(name)))
            {
                errors.Add(FieldError.Forbidden(path[section], shown + " cannot be removed"));
            }
        }
    }

    private static void RestoreAmounts(JsonObject now, JsonObject was)
    {
        foreach (string section in (string[])["requests", "limits"])
        {
            JsonObject amounts = (JsonObject)(now.Child("resources", section)?.DeepClone() ?? new JsonObject());
            foreach (string name in (string[])["cpu", "memory"])
            {
                PodUpdateRules.Restore(amounts, was.Child("resources", section) ?? [], name);
            }

            JsonObject resources = now.Ensure("resources");
            resources.Remove(section);
            if (amounts.Count > 0)
            {
                resources[section] = amounts;
            }
        }
    }

    /// <summary>A container that has ended stays ended where the Pod does not restart it.</summary>
    private static void CheckEnded(List<FieldError> errors, JsonObject? status, JsonObject? before, string list, string restartPolicy)
    {
        if (restartPolicy == "Always")
        {
            return;
        }

        int i = 0;
        foreach (JsonObject now in status.Items(list))
        {
            JsonObject? was = before.Items(list).FirstOrDefault(other => other.Text("name") == now.Text("name"));
            JsonObject? ended = was.Child("state", "terminated");
            bool final = ended is not null && (restartPolicy == "Never" || ended.Number("exitCode") == 0);
            if (final && !now.Child("state").Has("terminated"))
            {
                errors.Add(FieldError.Forbidden(new FieldPath("status." + list)[i]["state"], "may not be transitioned to non-terminated state"));
            }

            i++;
        }
    }
}
