using System.Text;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;

namespace Nacelle.ApiServer.Resources.Event;

/// <summary>The rules of Events; those with an <c>eventTime</c> are of the new style and say who did what.</summary>
internal static class EventValidation
{
    private const int MaximumName = 128;
    private const int MaximumNote = 1024;

    public static IReadOnlyList<FieldError> Core(JsonObject item)
    {
        List<FieldError> errors = [];
        JsonObject? metadata = item.Child("metadata");
        string regarding = item.Child("involvedObject").Text("namespace");
        CheckNamespace(errors, item, metadata.Text("namespace"), regarding, "involvedObject.namespace");
        if (item.Has("eventTime"))
        {
            CheckNewStyle(errors, item, "reportingComponent", "message");
        }

        return errors;
    }

    public static IReadOnlyList<FieldError> Events(JsonObject item)
    {
        List<FieldError> errors = [];
        JsonObject? metadata = item.Child("metadata");
        MetadataValidation.Check(errors, item, namespaced: true, NameRules.Dns1123Subdomain, coreFinalizers: false);
        CheckNamespace(errors, item, metadata.Text("namespace"), item.Child("regarding").Text("namespace"), "regarding.namespace");
        if (!item.Has("eventTime"))
        {
            errors.Add(FieldError.Required("eventTime"));
        }

        CheckNewStyle(errors, item, "reportingController", "note");
        if (item.Text("type") is not ("Normal" or "Warning"))
        {
            errors.Add(FieldError.Invalid("type", "", $"has invalid value: {item.Text("type")}"));
        }

        return errors;
    }

    private static void CheckNamespace(List<FieldError> errors, JsonObject item, string own, string regarding, string path)
    {
        bool agrees = regarding.Length > 0 ? item.Has("eventTime") || regarding == own : own is "" or "default" or "kube-system";
        if (!agrees)
        {
            errors.Add(FieldError.Invalid(path, regarding, "does not match event.namespace"));
        }
    }

    private static void CheckNewStyle(List<FieldError> errors, JsonObject item, string controller, string note)
    {
        // Both groups store one field under two names.
        string name = item.Text(controller);
        if (name.Length == 0)
        {
            errors.Add(FieldError.Required(controller));
        }

        MetadataValidation.AddInvalid(errors, controller, name, NameRules.QualifiedName(name));
        foreach (string field in (string[])["reportingInstance", "action", "reason"])
        {
            if (item.Text(field).Length == 0)
            {
                errors.Add(FieldError.Required(field));
            }

            CheckLength(errors, item, field, MaximumName);
        }

        CheckLength(errors, item, note, MaximumNote);
    }

    private static void CheckLength(List<FieldError> errors, JsonObject item, string field, int maximum)
    {
        if (Encoding.UTF8.GetByteCount(item.Text(field)) > maximum)
        {
            errors.Add(FieldError.Invalid(field, "", $"can have at most {maximum} characters"));
        }
    }
}
