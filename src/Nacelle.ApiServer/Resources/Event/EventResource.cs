namespace Nacelle.ApiServer.Resources.Event;

/// <summary>Events: <c>v1</c> and <c>events.k8s.io/v1</c> are two views of the same objects, stored as <c>v1</c>.</summary>
internal static class EventResource
{
    // As long as a real API server keeps them by default.
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public static ResourceType Core { get; } = new()
    {
        Kind = "Event",
        Plural = "events",
        ValidateCreate = EventValidation.Core,
        Singular = "event",
        ShortNames = ["ev"],
        Namespaced = true,
        TimeToLive = Lifetime,
        Columns = EventColumns.Columns,
        Row = EventColumns.Print,
        FieldSelectors = EventFields.Core,
    };

    public static ResourceType Events { get; } = Core with
    {
        Group = "events.k8s.io",
        FromStorage = EventConversion.FromCore,
        ToStorage = EventConversion.ToCore,
        Row = EventColumns.PrintView,
        FieldSelectors = EventFields.Events,
        ValidateCreate = EventValidation.Events,
    };
}
