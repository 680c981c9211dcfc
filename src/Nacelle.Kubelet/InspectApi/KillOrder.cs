using System.Text.Json.Serialization;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>A process that was asked to end and is killed when its grace period is over, and what to tell of it then.</summary>
internal sealed record KillOrder
{
    /// <summary>The process's (<see cref="Inspect.Processes.ProcessUid"/>).</summary>
    public required string Uid { get; init; }

    /// <summary>When its grace period is over.</summary>
    public required DateTimeOffset At { get; init; }

    public required string Namespace { get; init; }

    public required string Pod { get; init; }

    public required string PodUid { get; init; }

    /// <summary>Which part of the Pod the event is about; null for the Pod itself.</summary>
    public string? FieldPath { get; init; }

    /// <summary>What the event says.</summary>
    public required string Message { get; init; }
}

/// <summary>The file of an order.</summary>
[JsonSerializable(typeof(KillOrder))]
internal sealed partial class KillOrderJson : JsonSerializerContext;
