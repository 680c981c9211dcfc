using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Resources.Event;

/// <summary>Field selectors of events, by which <c>kubectl describe</c> finds those of one object.</summary>
internal static class EventFields
{
    private static readonly string[] Parts = ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"];

    /// <summary>Of <c>v1</c>.</summary>
    public static ImmutableDictionary<string, Func<JsonObject, string>> Core { get; } = Of("involvedObject", "reportingComponent")
        .Add("source", item => item.Child("source").Text("component") is { Length: > 0 } component ? component : item.Text("reportingComponent"));

    /// <summary>Of <c>events.k8s.io/v1</c>.</summary>
    public static ImmutableDictionary<string, Func<JsonObject, string>> Events { get; } = Of("regarding", "reportingController");

    private static ImmutableDictionary<string, Func<JsonObject, string>> Of(string reference, string controller)
    {
        ImmutableDictionary<string, Func<JsonObject, string>>.Builder fields = ImmutableDictionary.CreateBuilder<string, Func<JsonObject, string>>();
        foreach (string part in Parts)
        {
            fields[$"{reference}.{part}"] = item => item.Child(reference).Text(part);
        }

        fields["reason"] = item => item.Text("reason");
        fields["type"] = item => item.Text("type");
        fields[controller] = item => item.Text(controller);
        return fields.ToImmutable();
    }
}
