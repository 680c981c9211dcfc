using System.Globalization;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;

namespace Nacelle.ApiServer.Resources.Pod.Validation;

/// <summary>The rules of containers and init containers.</summary>
internal static class ContainerValidation
{
    public static void CheckContainers(List<FieldError> errors, PodContext pod)
    {
        FieldPath path = pod.Path["containers"];
        JsonObject[] containers = [.. pod.Spec.Items("containers")];
        if (containers.Length == 0)
        {
            errors.Add(FieldError.Required(path));
            return;
        }

        HashSet<string> names = [];
        for (int i = 0; i < containers.Length; i++)
        {
            CheckCommon(errors, containers[i], path[i], pod);
            if (!names.Add(containers[i].Text("name")))
            {
                errors.Add(FieldError.Duplicate(path[i]["name"], containers[i].Text("name")));
            }

            ProbeValidation.CheckLifecycleAndProbes(errors, containers[i], path[i], pod);
        }

        CheckHostPorts(errors, containers, path);
    }

    public static void CheckInitContainers(List<FieldError> errors, PodContext pod)
    {
        FieldPath path = pod.Path["initContainers"];
        HashSet<string> names = [.. pod.Spec.Items("containers").Select(container => container.Text("name"))];
        int i = 0;
        foreach (JsonObject container in pod.Spec.Items("initContainers"))
        {
            CheckCommon(errors, container, path[i], pod);
            string name = container.Text("name");
            if (name.Length > 0 && !names.Add(name))
            {
                errors.Add(FieldError.Duplicate(path[i]["name"], name));
            }

            CheckHostPorts(errors, [container], path);
            if (container.Text("restartPolicy") == "Always")
            {
                ProbeValidation.CheckLifecycleAndProbes(errors, container, path[i], pod);
            }
            else
            {
                foreach (string field in (string[])["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"])
                {
                    if (container.Has(field))
                    {
                        errors.Add(FieldError.Forbidden(path[i][field], "may not be set for init containers without restartPolicy=Always"));
                    }
                }
            }

            i++;
        }
    }

    /// <summary>What all kinds of containers share.</summary>
    public static void CheckCommon(List<FieldError> errors, JsonObject container, FieldPath path, PodContext pod)
    {
        string name = container.Text("name");
        if (name.Length == 0)
        {
            errors.Add(FieldError.Required(path["name"]));
        }
        else
        {
            MetadataValidation.AddInvalid(errors, path["name"], name, NameRules.Dns1123Label(name));
        }

        if (container.Text("image").Length == 0)
        {
            errors.Add(FieldError.Required(path["image"]));
        }

        CheckOneOf(errors, container, "terminationMessagePolicy", path, "FallbackToLogsOnError", "File");
        CheckPorts(errors, container, path["ports"]);
        EnvironmentValidation.Check(errors, container, path, pod);
        MountValidation.CheckMounts(errors, container, path["volumeMounts"], pod);
        MountValidation.CheckDevices(errors, container, path["volumeDevices"], pod);
        CheckOneOf(errors, container, "imagePullPolicy", path, "Always", "IfNotPresent", "Never");
        ResourceValidation.Check(errors, container.Child("resources"), path["resources"], pod.ClaimNames);
        CheckResizePolicy(errors, container, path["resizePolicy"], pod.Spec.Text("restartPolicy"));
        SecurityValidation.CheckContainer(errors, container.Child("securityContext"), path["securityContext"], pod);
        CheckRestartRules(errors, container, path);
    }

    /// <summary>An image's name must not be padded; templates may do so, Pods may not.</summary>
    public static void CheckImages(List<FieldError> errors, JsonObject spec, string list, FieldPath path)
    {
        int i = 0;
        foreach (JsonObject container in spec.Items(list))
        {
            string image = container.Text("image");
            if (image.Length != image.Trim().Length)
            {
                errors.Add(FieldError.Invalid(path[i]["image"], image, "must not have leading or trailing whitespace"));
            }

            i++;
        }
    }

    internal static void CheckOneOf(List<FieldError> errors, JsonObject document, string field, FieldPath path, params string[] values)
    {
        string value = document.Text(field);
        if (value.Length == 0)
        {
            errors.Add(FieldError.Required(path[field]));
        }
        else if (!values.Contains(value))
        {
            errors.Add(FieldError.NotSupported(path[field], value, values));
        }
    }

    private static void CheckPorts(List<FieldError> errors, JsonObject container, FieldPath path)
    {
        HashSet<string> names = [];
        int i = 0;
        foreach (JsonObject port in container.Items("ports"))
        {
            string name = port.Text("name");
            IReadOnlyList<string> faults = name.Length > 0 ? NameRules.PortName(name) : [];
            MetadataValidation.AddInvalid(errors, path[i]["name"], name, faults);
            if (name.Length > 0 && faults.Count == 0 && !names.Add(name))
            {
                errors.Add(FieldError.Duplicate(path[i]["name"], name));
            }

            CheckPortNumber(errors, port, "containerPort", path[i], required: true);
            CheckPortNumber(errors, port, "hostPort", path[i], required: false);
            CheckOneOf(errors, port, "protocol", path[i], "SCTP", "TCP", "UDP");
            i++;
        }
    }

    private static void CheckPortNumber(List<FieldError> errors, JsonObject port, string field, FieldPath path, bool required)
    {
        long number = port.Number(field);
        if (number != 0)
        {
            MetadataValidation.AddInvalid(errors, path[field], number, NameRules.PortNumber(number));
        }
        else if (required)
        {
            errors.Add(FieldError.Required(path[field]));
        }
    }

    private static void CheckHostPorts(List<FieldError> errors, JsonObject[] containers, FieldPath path)
    {
        HashSet<string> taken = [];
        for (int c = 0; c < containers.Length; c++)
        {
            int p = 0;
            foreach (JsonObject port in containers[c].Items("ports"))
            {
                string key = string.Create(CultureInfo.InvariantCulture, $"{port.Text("protocol")}/{port.Text("hostIP")}/{port.Number("hostPort")}");
                if (port.Number("hostPort") != 0 && !taken.Add(key))
                {
                    errors.Add(FieldError.Duplicate(path[c]["ports"][p]["hostPort"], key));
                }

                p++;
            }
        }
    }

    private static void CheckResizePolicy(List<FieldError> errors, JsonObject container, FieldPath path, string podRestartPolicy)
    {
        HashSet<string> resources = [];
        int i = 0;
        foreach (JsonObject policy in container.Items("resizePolicy"))
        {
            string resource = policy.Text("resourceName");
            string restart = policy.Text("restartPolicy");
            if (!resources.Add(resource))
            {
                errors.Add(FieldError.Duplicate(path[i], resource));
            }

            AddChoice(errors, path, resource, "cpu", "memory");
            AddChoice(errors, path, restart, "NotRequired", "RestartContainer");
            if (podRestartPolicy == "Never" && restart != "NotRequired")
            {
                errors.Add(FieldError.Invalid(path, restart, "must be 'NotRequired' when pod `restartPolicy` is 'Never'"));
            }

            i++;
        }
    }

    private static void AddChoice(List<FieldError> errors, FieldPath path, string value, params string[] values)
    {
        if (value.Length == 0)
        {
            errors.Add(FieldError.Required(path));
        }
        else if (!values.Contains(value))
        {
            errors.Add(FieldError.NotSupported(path, value, values));
        }
    }

    private static void CheckRestartRules(List<FieldError> errors, JsonObject container, FieldPath path)
    {
        string? policy = container.TextOrNull("restartPolicy");
        if (policy is not null and not ("Always" or "Never" or "OnFailure"))
        {
            errors.Add(FieldError.NotSupported(path["restartPolicy"], policy, "Always", "Never", "OnFailure"));
        }

        JsonObject[] rules = [.. container.Items("restartPolicyRules")];
        if (rules.Length > 20)
        {
            errors.Add(FieldError.TooMany(path["restartPolicyRules"], rules.Length, 20));
        }

        if (rules.Length > 0 && policy is null)
        {
            errors.Add(FieldError.Required(path["restartPolicy"], "must be specified when `restartPolicyRules` is set"));
        }

        for (int i = 0; i < rules.Length; i++)
        {
            CheckRestartRule(errors, rules[i], path["restartPolicyRules"][i]);
        }
    }

    private static void CheckRestartRule(List<FieldError> errors, JsonObject rule, FieldPath path)
    {
        CheckOneOf(errors, rule, "action", path, "Restart", "RestartAllContainers");
        if (rule.Child("exitCodes") is not { } codes)
        {
            errors.Add(FieldError.Required(path["exitCodes"], "must be specified"));
            return;
        }

        CheckOneOf(errors, codes, "operator", path["exitCodes"], "In", "NotIn");
        if (codes.List("values") is { Count: > 255 } values)
        {
            errors.Add(FieldError.TooMany(path["exitCodes"]["values"], values.Count, 255));
        }
    }
}
