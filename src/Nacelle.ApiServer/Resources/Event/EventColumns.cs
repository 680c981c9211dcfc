using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Nacelle.ApiServer.Tables;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Resources.Event;

/// <summary>What <c>kubectl get events</c> shows.</summary>
internal static class EventColumns
{
    public static ImmutableArray<TableColumn> Columns { get; } =
    [
        new("Last Seen", "string", "", ColumnTexts.Of("Corev1Event.LastTimestamp")),
        new("Type", "string", "", ColumnTexts.Of("Corev1Event.Type")),
        new("Reason", "string", "", ColumnTexts.Of("Corev1Event.Reason")),
        new("Object", "string", "", ColumnTexts.Of("Corev1Event.InvolvedObject")),
        new("Subobject", "string", "", ColumnTexts.Of("V1ObjectReference.FieldPath"), 1),
        new("Source", "string", "", ColumnTexts.Of("Corev1Event.Source"), 1),
        new("Message", "string", "", ColumnTexts.Of("Corev1Event.Message")),
        new("First Seen", "string", "", ColumnTexts.Of("Corev1Event.FirstTimestamp"), 1),
        new("Count", "string", "", ColumnTexts.Of("Corev1Event.Count"), 1),
        MetadataColumns.Name with { Priority = 1 },
    ];

    /// <param name="item">The event in its <c>v1</c> form.</param>
    /// <param name="now">The moment to which ages are counted.</param>
    public static TableRow Print(JsonObject item, DateTimeOffset now)
    {
        JsonObject? target = item.Child("involvedObject");
        JsonObject? series = item.Child("series");
        string first = HumanDuration.Since(Or(item.Text("firstTimestamp"), item.Text("eventTime")), now);
        string last = series is not null ? HumanDuration.Since(series.Text("lastObservedTime"), now)
            : item.Text("lastTimestamp") is { Length: > 0 } seen ? HumanDuration.Since(seen, now)
            : first;
        long count = series is not null ? series.Number("count") : Math.Max(1, item.Number("count"));
        string name = target.Text("name");
        string kind = target.Text("kind").ToLowerInvariant();
        return new TableRow(
        [
            last, item.Text("type"), item.Text("reason"), name.Length == 0 ? kind : $"{kind}/{name}", target.Text("fieldPath"),
            Source(item), item.Text("message").Trim(), first, count, MetadataColumns.NameOf(item),
        ]);
    }

    /// <summary>The same of an event in its <c>events.k8s.io/v1</c> form.</summary>
    public static TableRow PrintView(JsonObject item, DateTimeOffset now)
    {
        var core = (JsonObject)item.DeepClone();
        EventConversion.ToCore(core);
        return Print(core, now);
    }

    private static string Source(JsonObject item)
    {
        JsonObject? source = item.Child("source");
        string component = source.Text("component");
        string host = source.Text("host");
        if (component.Length == 0 && host.Length == 0)
        {
            component = item.Text("reportingComponent");
            host = item.Text("reportingInstance");
        }

        return host.Length == 0 ? component : $"{component}, {host}";
    }

    private static string Or(string text, string otherwise) => text.Length == 0 ? otherwise : text;
}
