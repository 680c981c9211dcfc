using System.Text.Json.Nodes;

namespace Nacelle.ApiServer.Resources.Event;

/// <summary>Between the two forms of an event: the same content under other names (API reference, Event v1 of both groups).</summary>
internal static class EventConversion
{
    private static readonly (string Core, string Events)[] Names =
    [
        ("involvedObject", "regarding"),
        ("message", "note"),
        ("source", "deprecatedSource"),
        ("firstTimestamp", "deprecatedFirstTimestamp"),
        ("lastTimestamp", "deprecatedLastTimestamp"),
        ("count", "deprecatedCount"),
        ("reportingComponent", "reportingController"),
    ];

    /// <summary>From the stored <c>v1</c> to <c>events.k8s.io/v1</c>.</summary>
    public static void FromCore(JsonObject item)
    {
        foreach ((string core, string events) in Names)
        {
            Rename(item, core, events);
        }
    }

    /// <summary>From <c>events.k8s.io/v1</c> to the stored <c>v1</c>.</summary>
    public static void ToCore(JsonObject item)
    {
        foreach ((string core, string events) in Names)
        {
            Rename(item, events, core);
        }
    }

    private static void Rename(JsonObject item, string from, string to)
    {
        if (item.IndexOf(from) is >= 0 and var index)
        {
            JsonNode? value = item[index];
            item.RemoveAt(index);
            item.Insert(index, to, value);
        }
    }
}
