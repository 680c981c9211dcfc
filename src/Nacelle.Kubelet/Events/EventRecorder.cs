using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Nacelle.Kubernetes.Client;

namespace Nacelle.Kubelet.Events;

/// <summary>
/// Sends events to the API from one task, in order, so that nothing that matters waits for them. When the server is slower than the
/// events come, the oldest of 1000 waiting ones are dropped: events are a help, never a promise.
/// </summary>
public sealed partial class EventRecorder : IAsyncDisposable
{
    private const int QueueLength = 1000;
    private const int Attempts = 4;

    private readonly Channel<Occurrence> _queue;
    private readonly KubernetesApi _api;
    private readonly string _node;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly EventCorrelator _correlator;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _sender;

    public EventRecorder(KubernetesApi api, string node, TimeProvider time, ILogger logger)
    {
        (_api, _node, _time, _logger) = (api, node, time, logger);
        _correlator = new EventCorrelator(time);
        _queue = Channel.CreateBounded<Occurrence>(
            new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            dropped => LogDropped(dropped.Reason, dropped.Message));
        _sender = Task.Run(SendAllAsync);
    }

    /// <summary>About the Pod, or about one of its containers.</summary>
    public void Record(V1Pod pod, string? container, bool warning, string reason, string message) => Record(
        new V1ObjectReference
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Name = pod.Metadata.Name,
            NamespaceProperty = pod.Metadata.NamespaceProperty,
            Uid = pod.Metadata.Uid,
            ResourceVersion = pod.Metadata.ResourceVersion,
            FieldPath = container is null ? null : FieldPath(pod, container),
        },
        warning,
        reason,
        message);

    /// <summary>About the node itself.</summary>
    public void RecordNode(bool warning, string reason, string message) =>
        Record(new V1ObjectReference { Kind = "Node", Name = _node, Uid = _node }, warning, reason, message);

    public void Record(V1ObjectReference about, bool warning, string reason, string message) =>
        _queue.Writer.TryWrite(new Occurrence(about, warning ? "Warning" : "Normal", reason, message));

    /// <summary>Sends what is queued for at most two seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _stop.CancelAfter(TimeSpan.FromSeconds(2));
        await _sender.ConfigureAwait(false);
        _stop.Dispose();
    }

    internal static string FieldPath(V1Pod pod, string container) =>
        pod.Spec.InitContainers?.Any(c => c.Name == container) == true ? $"spec.initContainers{{{container}}}"
        : pod.Spec.EphemeralContainers?.Any(c => c.Name == container) == true ? $"spec.ephemeralContainers{{{container}}}"
        : $"spec.containers{{{container}}}";

    private async Task SendAllAsync()
    {
        try
        {
            await foreach (var occurrence in _queue.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
            {
                await SendAsync(occurrence).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The bound of DisposeAsync: what is left is dropped.
        }
    }

    private async Task SendAsync(Occurrence occurrence)
    {
        var about = occurrence.About;
        var key = new EventKey(about.Uid, about.FieldPath, occurrence.Type, occurrence.Reason, occurrence.Message);
        var verdict = _correlator.Judge(key);
        for (var attempt = 1; !verdict.Drop; attempt++)
        {
            try
            {
                if (verdict.ExistingName is { } existing)
                {
                    await CountAsync(about, existing, verdict.Count).ConfigureAwait(false);
                }
                else
                {
                    var created = await _api.CreateAsync(
                        ResourceKinds.Events, Namespace(about), New(occurrence, verdict), _stop.Token).ConfigureAwait(false);
                    _correlator.Created(key, created.Metadata.Name);
                }

                return;
            }
            catch (ApiException e) when (e.Code == HttpStatusCode.NotFound && verdict.ExistingName is not null)
            {
                // The event expired: tell it as a new one, with its count.
                verdict = verdict with { ExistingName = null };
            }
            catch (ApiException e)
            {
                LogRefused(occurrence.Reason, e.Message);
                _correlator.Created(key, null);
                return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                if (attempt == Attempts)
                {
                    LogRefused(occurrence.Reason, e.Message);
                    _correlator.Created(key, null);
                    return;
                }

                await Task.Delay(TimeSpan.FromSeconds(attempt), _time, _stop.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task CountAsync(V1ObjectReference about, string name, int count)
    {
        var patch = new JsonObject
        {
            ["count"] = count,
            ["lastTimestamp"] = _time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        };
        await _api.PatchAsync(
            ResourceKinds.Events, Namespace(about), name, PatchType.StrategicMerge,
            System.Text.Encoding.UTF8.GetBytes(patch.ToJsonString()), _stop.Token).ConfigureAwait(false);
    }

    private Corev1Event New(Occurrence occurrence, EventVerdict verdict)
    {
        var about = occurrence.About;
        var now = _time.GetUtcNow();
        var nanoseconds = (ulong)(now - DateTimeOffset.UnixEpoch).Ticks * 100;
        return new Corev1Event
        {
            ApiVersion = "v1",
            Kind = "Event",
            Metadata = new V1ObjectMeta
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"{about.Name}.{nanoseconds:x16}"),
                NamespaceProperty = Namespace(about),
            },
            InvolvedObject = about,
            Type = occurrence.Type,
            Reason = occurrence.Reason,
            Message = occurrence.Message.Length <= 1024 ? occurrence.Message : occurrence.Message[..1024],
            FirstTimestamp = verdict.First.UtcDateTime,
            LastTimestamp = now.UtcDateTime,
            Count = verdict.Count,
            Source = new V1EventSource { Component = "kubelet", Host = _node },
            ReportingComponent = "kubelet",
            ReportingInstance = _node,
        };
    }

    private static string Namespace(V1ObjectReference about) => about.NamespaceProperty ?? "default";

    [LoggerMessage(Level = LogLevel.Warning, Message = "event {Reason} dropped, too many are waiting: {Text}")]
    private partial void LogDropped(string reason, string text);

    [LoggerMessage(Level = LogLevel.Warning, Message = "event {Reason} not recorded: {Error}")]
    private partial void LogRefused(string reason, string error);

    private sealed record Occurrence(V1ObjectReference About, string Type, string Reason, string Message);
}
