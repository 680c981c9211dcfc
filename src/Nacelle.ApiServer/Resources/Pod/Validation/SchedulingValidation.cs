using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;

namespace Nacelle.ApiServer.Resources.Pod.Validation;

/// <summary>The rules of tolerations, topology spread, readiness and scheduling gates.</summary>
internal static class SchedulingValidation
{
    private static readonly string[] Effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

    public static void CheckTolerations(List<FieldError> errors, JsonObject spec, FieldPath path)
    {
        int i = 0;
        foreach (JsonObject toleration in spec.Items("tolerations"))
        {
            CheckToleration(errors, toleration, path[i++]);
        }
    }

    public static void CheckGates(List<FieldError> errors, PodContext pod)
    {
        int i = 0;
        foreach (JsonObject gate in pod.Spec.Items("readinessGates"))
        {
            string type = gate.Text("conditionType");
            MetadataValidation.AddInvalid(errors, pod.Path["readinessGates"][i++]["conditionType"], type, NameRules.QualifiedName(type));
        }

        HashSet<string> names = [];
        i = 0;
        foreach (JsonObject gate in pod.Spec.Items("schedulingGates"))
        {
            FieldPath at = pod.Path["schedulingGates"][i++];
            string name = gate.Text("name");
            MetadataValidation.AddInvalid(errors, at, name, NameRules.QualifiedName(name));
            if (!names.Add(name))
            {
                errors.Add(FieldError.Duplicate(at, name));
            }
        }
    }

    public static void CheckSpread(List<FieldError> errors, PodContext pod)
    {
        JsonObject[] constraints = [.. pod.Spec.Items("topologySpreadConstraints")];
        for (int i = 0; i < constraints.Length; i++)
        {
            FieldPath at = pod.Path["topologySpreadConstraints"][i];
            JsonObject constraint = constraints[i];
            if (constraint.Number("maxSkew") <= 0)
            {
                errors.Add(FieldError.Invalid(at["maxSkew"], constraint.Number("maxSkew"), "must be greater than zero"));
            }

            CheckTopologyKey(errors, constraint, at);
            string when = constraint.Text("whenUnsatisfiable");
            if (when is not ("DoNotSchedule" or "ScheduleAnyway"))
            {
                errors.Add(FieldError.NotSupported(at["whenUnsatisfiable"], when, "DoNotSchedule", "ScheduleAnyway"));
            }

            // The copy that comes first in the list is the one that is told about.
            bool repeated = constraints.Skip(i + 1).Any(other =>
                other.Text("topologyKey") == constraint.Text("topologyKey") && other.Text("whenUnsatisfiable") == when);
            if (repeated)
            {
                errors.Add(FieldError.Duplicate(at["{topologyKey, whenUnsatisfiable}"], $"{{{constraint.Text("topologyKey")}, {when}}}"));
            }

            CheckDomains(errors, constraint, at, when);
            SecurityValidation.CheckChoice(errors, constraint, "nodeAffinityPolicy", at, "Honor", "Ignore");
            SecurityValidation.CheckChoice(errors, constraint, "nodeTaintsPolicy", at, "Honor", "Ignore");
            CheckLabelKeys(errors, constraint, at);
            AffinityValidation.CheckSelector(errors, constraint.Child("labelSelector"), at["labelSelector"]);
        }
    }

    private static void CheckToleration(List<FieldError> errors, JsonObject toleration, FieldPath path)
    {
        string key = toleration.Text("key");
        string op = toleration.Text("operator");
        string effect = toleration.Text("effect");
        if (key.Length > 0)
        {
            MetadataValidation.AddInvalid(errors, path["key"], key, NameRules.QualifiedName(key));
        }

        if (key.Length == 0 && op != "Exists")
        {
            errors.Add(FieldError.Invalid(path["operator"], op,
                "operator must be Exists when `key` is empty, which means \"match all values and all keys\""));
        }

        if (toleration.NumberOrNull("tolerationSeconds") is not null && effect != "NoExecute")
        {
            errors.Add(FieldError.Invalid(path["effect"], effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
        }

        switch (op)
        {
            case "Equal" or "":
                MetadataValidation.AddInvalid(errors, path["operator"], toleration.Text("value"), NameRules.LabelValue(toleration.Text("value")));
                break;
            case "Exists" when toleration.Text("value").Length > 0:
                errors.Add(FieldError.Invalid(path["operator"], "", "value must be empty when `operator` is 'Exists'"));
                break;
            case "Exists":
                break;
            case "Lt" or "Gt":
                errors.Add(FieldError.NotSupported(path["operator"], op, "Equal", "Exists", "Lt", "Gt"));
                break;
            default:
                errors.Add(FieldError.NotSupported(path["operator"], op, "Equal", "Exists"));
                break;
        }

        if (effect.Length > 0 && !Effects.Contains(effect))
        {
            errors.Add(FieldError.NotSupported(path["effect"], effect, Effects));
        }
    }

    private static void CheckTopologyKey(List<FieldError> errors, JsonObject constraint, FieldPath path)
    {
        string key = constraint.Text("topologyKey");
        if (key.Length == 0)
        {
            errors.Add(FieldError.Required(path["topologyKey"], "can not be empty"));
        }
        else
        {
            MetadataValidation.AddInvalid(errors, path["topologyKey"], key, NameRules.QualifiedName(key));
        }
    }

    private static void CheckDomains(List<FieldError> errors, JsonObject constraint, FieldPath path, string when)
    {
        if (constraint.NumberOrNull("minDomains") is not { } domains)
        {
            return;
        }

        if (domains <= 0)
        {
            errors.Add(FieldError.Invalid(path["minDomains"], domains, "must be greater than zero"));
        }

        if (when != "DoNotSchedule")
        {
            errors.Add(FieldError.Invalid(path["minDomains"], domains, $"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {when}"));
        }
    }

    private static void CheckLabelKeys(List<FieldError> errors, JsonObject constraint, FieldPath path)
    {
        string[] keys = [.. constraint.Texts("matchLabelKeys")];
        if (keys.Length > 0 && !constraint.Has("labelSelector"))
        {
            errors.Add(FieldError.Forbidden(path["matchLabelKeys"], "must not be specified when labelSelector is not set"));
        }

        for (int i = 0; i < keys.Length; i++)
        {
            MetadataValidation.AddInvalid(errors, path["matchLabelKeys"][i], keys[i], NameRules.QualifiedName(keys[i]));
        }
    }
}
