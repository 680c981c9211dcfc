using Microsoft.AspNetCore.Http;
using Nacelle.Kubernetes.Decoding;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>What the query of a create, update or patch says.</summary>
/// <param name="DryRun">Do all but the write.</param>
/// <param name="FieldManager">Who is to own the fields; never empty.</param>
/// <param name="Validation">What to do about unknown fields.</param>
/// <param name="Force">Server-side apply takes fields from other owners.</param>
internal sealed record WriteOptions(bool DryRun, string FieldManager, FieldValidation Validation, bool Force)
{
    private const int MaxManagerLength = 128;

    /// <param name="request">The request.</param>
    /// <param name="kind"><c>CreateOptions</c>, <c>UpdateOptions</c> or <c>PatchOptions</c>, as errors name them.</param>
    /// <param name="apply">Whether the patch is a server-side apply, which needs a manager and may force.</param>
    /// <exception cref="ApiStatusException">422.</exception>
    public static WriteOptions Read(HttpRequest request, string kind, bool apply = false)
    {
        IQueryCollection query = request.Query;
        var errors = new List<FieldError>();
        bool dryRun = ReadDryRun(query, errors);
        bool? force = query.Flag("force");
        string manager = query.Text("fieldManager");
        CheckManager(manager, errors);
        if (apply)
        {
            if (manager.Length == 0)
            {
                errors.Insert(0, FieldError.Required("fieldManager", "is required for apply patch"));
            }
        }
        else if (force is not null && kind == "PatchOptions")
        {
            errors.Insert(0, FieldError.Forbidden("force", "may not be specified for non-apply patch"));
        }

        FieldValidation validation = ReadValidation(query.Text("fieldValidation"), errors);
        if (errors.Count > 0)
        {
            throw ApiStatusException.Invalid("meta.k8s.io", kind, "", errors);
        }

        return new WriteOptions(dryRun, manager.Length > 0 ? manager : ManagerOf(request), validation, force ?? false);
    }

    public static bool ReadDryRun(IQueryCollection query, List<FieldError> errors)
    {
        string[] values = [.. query["dryRun"].Select(v => v ?? "")];
        return CheckDryRun(values, errors);
    }

    public static bool CheckDryRun(string[] values, List<FieldError> errors)
    {
        if (values.Any(v => v != "All"))
        {
            string shown = "[" + string.Join(",", values.Select(GoText.Quote)) + "]";
            errors.Add(new FieldError(FieldErrorType.FieldValueNotSupported, "dryRun", shown, "supported values: \"All\""));
        }

        return values.Length > 0;
    }

    /// <summary>The first part of the user agent, as the real server names a manager that did not name itself.</summary>
    private static string ManagerOf(HttpRequest request)
    {
        string agent = request.Headers.UserAgent.ToString();
        int slash = agent.IndexOf('/', StringComparison.Ordinal);
        string name = new([.. (slash < 0 ? agent : agent[..slash]).Where(c => !char.IsControl(c))]);
        return name.Length == 0 ? "unknown" : name.Length > MaxManagerLength ? name[..MaxManagerLength] : name;
    }

    private static void CheckManager(string manager, List<FieldError> errors)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(manager) > MaxManagerLength)
        {
            errors.Add(FieldError.TooLong("fieldManager", MaxManagerLength));
        }

        int position = 0;
        foreach (System.Text.Rune rune in manager.EnumerateRunes())
        {
            if (!GoText.IsPrintable(rune))
            {
                errors.Add(FieldError.Invalid("fieldManager", manager, $"invalid character U+{rune.Value:X4} (at position {position})"));
            }

            position += rune.Utf8SequenceLength;
        }
    }

    private static FieldValidation ReadValidation(string text, List<FieldError> errors)
    {
        switch (text)
        {
            case "" or "Warn":
                return FieldValidation.Warn;
            case "Ignore":
                return FieldValidation.Ignore;
            case "Strict":
                return FieldValidation.Strict;
            default:
                errors.Add(FieldError.NotSupported("fieldValidation", text, "", "Ignore", "Strict", "Warn"));
                return FieldValidation.Warn;
        }
    }
}
