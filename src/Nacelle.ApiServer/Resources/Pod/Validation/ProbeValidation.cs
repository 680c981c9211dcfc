using System.Globalization;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;

namespace Nacelle.ApiServer.Resources.Pod.Validation;

/// <summary>The rules of probes and lifecycle hooks.</summary>
internal static class ProbeValidation
{
    private static readonly string[] Durations = ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"];

    public static void CheckLifecycleAndProbes(List<FieldError> errors, JsonObject container, FieldPath path, PodContext pod)
    {
        foreach (string hook in (string[])["postStart", "preStop"])
        {
            if (container.Child("lifecycle", hook) is { } handler)
            {
                CheckHandler(errors, handler, path["lifecycle"][hook], pod);
            }
        }

        CheckProbe(errors, container, "livenessProbe", path, pod, onceOnly: true);
        CheckProbe(errors, container, "readinessProbe", path, pod, onceOnly: false);
        CheckProbe(errors, container, "startupProbe", path, pod, onceOnly: true);
    }

    private static void CheckProbe(List<FieldError> errors, JsonObject container, string name, FieldPath parent, PodContext pod, bool onceOnly)
    {
        if (container.Child(name) is not { } probe)
        {
            return;
        }

        FieldPath path = parent[name];
        CheckHandler(errors, probe, path, pod);
        foreach (string field in Durations)
        {
            if (probe.Number(field) < 0)
            {
                errors.Add(FieldError.Invalid(path[field], probe.Number(field), "must be greater than or equal to 0"));
            }
        }

        long? grace = probe.NumberOrNull("terminationGracePeriodSeconds");
        if (grace <= 0)
        {
            errors.Add(FieldError.Invalid(path["terminationGracePeriodSeconds"], grace, "must be greater than 0"));
        }

        if (onceOnly && probe.Number("successThreshold") != 1)
        {
            errors.Add(FieldError.Invalid(path["successThreshold"], probe.Number("successThreshold"), "must be 1"));
        }
        else if (!onceOnly && grace is not null)
        {
            errors.Add(FieldError.Invalid(path["terminationGracePeriodSeconds"], grace, "must not be set for readinessProbes"));
        }
    }

    private static void CheckHandler(List<FieldError> errors, JsonObject handler, FieldPath path, PodContext pod)
    {
        int handlers = 0;
        foreach (string kind in (string[])["exec", "httpGet", "tcpSocket", "grpc", "sleep"])
        {
            if (handler.Child(kind) is not { } action)
            {
                continue;
            }

            if (handlers++ > 0)
            {
                errors.Add(FieldError.Forbidden(path[kind], "may not specify more than 1 handler type"));
                continue;
            }

            CheckAction(errors, kind, action, path[kind], pod);
        }

        if (handlers == 0)
        {
            errors.Add(FieldError.Required(path, "must specify a handler type"));
        }
    }

    private static void CheckAction(List<FieldError> errors, string kind, JsonObject action, FieldPath path, PodContext pod)
    {
        switch (kind)
        {
            case "exec":
                if (action.List("command") is not { Count: > 0 })
                {
                    errors.Add(FieldError.Required(path["command"]));
                }

                break;
            case "httpGet":
                CheckPort(errors, action["port"], path["port"]);
                ContainerValidation.CheckOneOf(errors, action, "scheme", path, "HTTP", "HTTPS");
                foreach (JsonObject header in action.Items("httpHeaders"))
                {
                    MetadataValidation.AddInvalid(errors, path["httpHeaders"], header.Text("name"), NameRules.HttpHeaderName(header.Text("name")));
                }

                break;
            case "tcpSocket" or "grpc":
                CheckPort(errors, action["port"], path["port"]);
                break;
            case "sleep":
                long seconds = action.Number("seconds");
                if (seconds < 0 || seconds > pod.GracePeriod)
                {
                    errors.Add(FieldError.Invalid(path, seconds, string.Create(CultureInfo.InvariantCulture,
                        $"must be non-negative and less than terminationGracePeriodSeconds ({pod.GracePeriod})")));
                }

                break;
        }
    }

    private static void CheckPort(List<FieldError> errors, JsonNode? port, FieldPath path)
    {
        if (port.AsText() is { } name)
        {
            MetadataValidation.AddInvalid(errors, path, name, NameRules.PortName(name));
        }
        else
        {
            MetadataValidation.AddInvalid(errors, path, port.AsNumber() ?? 0, NameRules.PortNumber(port.AsNumber() ?? 0));
        }
    }
}
