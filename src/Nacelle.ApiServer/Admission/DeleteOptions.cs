using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Nacelle.ApiServer.Endpoints;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Admission;

/// <summary>How an object is to be deleted (API reference, DeleteOptions); from the body, or from the query where there is none.</summary>
internal sealed record DeleteOptions
{
    /// <summary>Seconds; null leaves it to the kind.</summary>
    public long? GracePeriodSeconds { get; init; }

    /// <summary>Only the object with this uid; null for any.</summary>
    public string? Uid { get; init; }

    /// <summary>Only the object at this version; null for any.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary><c>Orphan</c>, <c>Background</c>, <c>Foreground</c>; null for the kind's default.</summary>
    public string? PropagationPolicy { get; init; }

    /// <summary>The old form of <see cref="PropagationPolicy"/>.</summary>
    public bool? OrphanDependents { get; init; }

    public bool DryRun { get; init; }

    /// <exception cref="ApiStatusException">422 or 400.</exception>
    public static DeleteOptions FromQuery(IQueryCollection query)
    {
        var errors = new List<FieldError>();
        string policy = query.Text("propagationPolicy");
        var options = new DeleteOptions
        {
            GracePeriodSeconds = query.Number("gracePeriodSeconds"),
            PropagationPolicy = policy.Length > 0 ? policy : null,
            OrphanDependents = query.Flag("orphanDependents"),
            DryRun = WriteOptions.ReadDryRun(query, errors),
        };
        return options.Validated(errors);
    }

    /// <exception cref="ApiStatusException">422.</exception>
    public static DeleteOptions FromDocument(JsonObject document)
    {
        var errors = new List<FieldError>();
        JsonObject? preconditions = document.Child("preconditions");
        var options = new DeleteOptions
        {
            GracePeriodSeconds = document.NumberOrNull("gracePeriodSeconds"),
            Uid = preconditions.TextOrNull("uid"),
            ResourceVersion = preconditions.TextOrNull("resourceVersion"),
            PropagationPolicy = document.TextOrNull("propagationPolicy"),
            OrphanDependents = document.FlagOrNull("orphanDependents"),
            DryRun = WriteOptions.CheckDryRun([.. document.Texts("dryRun")], errors),
        };
        return options.Validated(errors);
    }

    private DeleteOptions Validated(List<FieldError> errors)
    {
        if (PropagationPolicy is not null && OrphanDependents is not null)
        {
            errors.Insert(0, FieldError.Invalid(
                "propagationPolicy", PropagationPolicy, "orphanDependents and deletionPropagation cannot be both set"));
        }

        if (PropagationPolicy is not (null or "Foreground" or "Background" or "Orphan"))
        {
            errors.Insert(0, FieldError.NotSupported("propagationPolicy", PropagationPolicy, "Foreground", "Background", "Orphan", "nil"));
        }

        return errors.Count == 0 ? this : throw ApiStatusException.Invalid("meta.k8s.io", "DeleteOptions", "", errors);
    }
}
