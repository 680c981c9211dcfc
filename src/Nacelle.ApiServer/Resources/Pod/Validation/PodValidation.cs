using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;

namespace Nacelle.ApiServer.Resources.Pod.Validation;

/// <summary>The rules of a Pod, in the order in which the reference server tells their faults.</summary>
internal static class PodValidation
{
    public static IReadOnlyList<FieldError> Create(JsonObject item)
    {
        var pod = new PodContext(item);
        List<FieldError> errors = [];
        MetadataValidation.Check(errors, item, namespaced: true, NameRules.Dns1123Subdomain);
        CheckMetadataAndSpec(errors, pod);
        if (pod.Spec.List("ephemeralContainers") is { Count: > 0 })
        {
            errors.Add(FieldError.Forbidden("spec.ephemeralContainers", "cannot be set on create"));
        }

        if (pod.Spec.Text("nodeName").Length > 0 && pod.Spec.List("schedulingGates") is { Count: > 0 })
        {
            errors.Add(FieldError.Forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared"));
        }

        ProfileValidation.CheckAnnotationsMatch(errors, pod);
        return errors;
    }

    /// <summary>The rules that hold for a Pod whenever it is written.</summary>
    public static void CheckMetadataAndSpec(List<FieldError> errors, PodContext pod)
    {
        CheckAnnotations(errors, pod);
        CheckSpec(errors, pod);
        if (pod.Spec.Text("serviceAccountName").Length == 0)
        {
            CheckTokens(errors, pod);
        }

        ContainerValidation.CheckImages(errors, pod.Spec, "containers", pod.Path["containers"]);
        ContainerValidation.CheckImages(errors, pod.Spec, "initContainers", pod.Path["initContainers"]);
    }

    private static void CheckAnnotations(List<FieldError> errors, PodContext pod)
    {
        JsonObject? annotations = pod.Pod.Child("metadata", "annotations");
        FieldPath path = "metadata.annotations";
        const string Mirror = "kubernetes.io/config.mirror";
        const string Cost = "controller.kubernetes.io/pod-deletion-cost";
        if (annotations.Has(Mirror) && pod.Spec.Text("nodeName").Length == 0)
        {
            errors.Add(FieldError.Invalid(path.Key(Mirror), annotations.Text(Mirror), "must set spec.nodeName if mirror pod annotation is set"));
        }

        if (annotations.Has(Cost) && !int.TryParse(annotations.Text(Cost), out _))
        {
            errors.Add(FieldError.Invalid(path.Key(Cost), annotations.Text(Cost), "must be a 32bit integer"));
        }

        ProfileValidation.CheckAnnotations(errors, pod);
    }

    private static void CheckSpec(List<FieldError> errors, PodContext pod)
    {
        JsonObject spec = pod.Spec;
        FieldPath path = pod.Path;
        VolumeValidation.Check(errors, pod);
        PodResourceValidation.CheckClaims(errors, pod);
        ContainerValidation.CheckContainers(errors, pod);
        ContainerValidation.CheckInitContainers(errors, pod);
        EphemeralContainerValidation.Check(errors, pod);
        PodResourceValidation.Check(errors, pod);
        NamespaceSharingValidation.CheckHostNetwork(errors, pod);
        ContainerValidation.CheckOneOf(errors, spec, "restartPolicy", path, "Always", "OnFailure", "Never");
        ContainerValidation.CheckOneOf(errors, spec, "dnsPolicy", path, "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None");
        MetadataValidation.CheckLabels(errors, spec.Child("nodeSelector"), path["nodeSelector"]);
        SecurityValidation.CheckPod(errors, pod);
        AffinityValidation.Check(errors, pod);
        NamespaceSharingValidation.CheckDns(errors, pod);
        SchedulingValidation.CheckGates(errors, pod);
        SchedulingValidation.CheckSpread(errors, pod);
        WindowsValidation.CheckHostProcess(errors, pod);
        NamespaceSharingValidation.CheckHostUsers(errors, pod);
        CheckNames(errors, pod);
        NamespaceSharingValidation.CheckHostname(errors, pod);
        SchedulingValidation.CheckTolerations(errors, spec, path["tolerations"]);
        NamespaceSharingValidation.CheckHostAliases(errors, pod);
        CheckClasses(errors, pod);
        WindowsValidation.CheckOs(errors, pod);
    }

    private static void CheckNames(List<FieldError> errors, PodContext pod)
    {
        foreach (string field in (string[])["serviceAccountName", "nodeName"])
        {
            if (pod.Spec.Text(field) is { Length: > 0 } name)
            {
                MetadataValidation.AddInvalid(errors, pod.Path[field], name, NameRules.Dns1123Subdomain(name));
            }
        }

        if (pod.Spec.NumberOrNull("activeDeadlineSeconds") is { } deadline)
        {
            MetadataValidation.AddInvalid(errors, pod.Path["activeDeadlineSeconds"], deadline, NameRules.Between(deadline, 1, int.MaxValue));
        }

        foreach (string field in (string[])["hostname", "subdomain"])
        {
            if (pod.Spec.Text(field) is { Length: > 0 } name)
            {
                MetadataValidation.AddInvalid(errors, pod.Path[field], name, NameRules.Dns1123Label(name));
            }
        }
    }

    private static void CheckClasses(List<FieldError> errors, PodContext pod)
    {
        foreach (string field in (string[])["priorityClassName", "runtimeClassName"])
        {
            if (pod.Spec.Text(field) is { Length: > 0 } name)
            {
                MetadataValidation.AddInvalid(errors, pod.Path[field], name, NameRules.Dns1123Subdomain(name));
            }
        }

        SecurityValidation.CheckChoice(errors, pod.Spec, "preemptionPolicy", pod.Path, "PreemptLowerPriority", "Never");
        if (pod.Spec.Child("overhead") is { } overhead)
        {
            ResourceValidation.Check(errors, new JsonObject { ["limits"] = overhead.DeepClone() }, pod.Path["overhead"], null);
        }
    }

    private static void CheckTokens(List<FieldError> errors, PodContext pod)
    {
        int v = 0;
        foreach (JsonObject volume in pod.Spec.Items("volumes"))
        {
            int s = 0;
            foreach (JsonObject source in volume.Child("projected").Items("sources"))
            {
                if (source.Has("serviceAccountToken"))
                {
                    errors.Add(FieldError.Forbidden(pod.Path["volumes"][v]["projected"]["sources"][s]["serviceAccountToken"],
                        "must not be specified when serviceAccountName is not set"));
                }

                s++;
            }

            v++;
        }
    }
}
