using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>Which combinations of list options mean something (API concepts, "Resource versions" and "Streaming lists").</summary>
internal static class ListOptionsRules
{
    private const string Field = "resourceVersionMatch";

    /// <exception cref="ApiStatusException">422.</exception>
    public static void Check(ListOptions options)
    {
        var errors = new List<FieldError>();
        if (options.Watch)
        {
            CheckWatch(options, errors);
        }
        else
        {
            CheckList(options, errors);
        }

        if (errors.Count > 0)
        {
            throw ApiStatusException.Invalid("meta.k8s.io", "ListOptions", "", errors);
        }
    }

    private static void CheckList(ListOptions options, List<FieldError> errors)
    {
        if (options.Match.Length > 0)
        {
            if (options.ResourceVersion.Length == 0)
            {
                errors.Add(FieldError.Forbidden(Field, $"{Field} is forbidden unless resourceVersion is provided"));
            }

            if (options.Continue.Length > 0)
            {
                errors.Add(FieldError.Forbidden(Field, $"{Field} is forbidden when continue is provided"));
            }

            if (options.Match is not ("Exact" or "NotOlderThan"))
            {
                errors.Add(FieldError.NotSupported(Field, options.Match, "Exact", "NotOlderThan", ""));
            }

            if (options.Match == "Exact" && options.ResourceVersion == "0")
            {
                errors.Add(FieldError.Forbidden(Field, $"{Field} \"exact\" is forbidden for resourceVersion \"0\""));
            }
        }

        if (options.SendInitialEvents is not null)
        {
            errors.Add(FieldError.Forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
        }
    }

    private static void CheckWatch(ListOptions options, List<FieldError> errors)
    {
        if (options.SendInitialEvents is not null && options.Match.Length == 0)
        {
            errors.Add(FieldError.Forbidden(Field, $"sendInitialEvents requires setting {Field} to NotOlderThan"));
        }

        if (options.Match.Length > 0)
        {
            if (options.SendInitialEvents is null)
            {
                errors.Add(FieldError.Forbidden(Field, $"{Field} is forbidden for watch unless sendInitialEvents is provided"));
            }
            else if (options.Match != "NotOlderThan")
            {
                errors.Add(FieldError.NotSupported(Field, options.Match, "NotOlderThan"));
            }

            if (options.Continue.Length > 0)
            {
                errors.Add(FieldError.Forbidden(Field, $"{Field} is forbidden when continue is provided"));
            }
        }
    }
}
