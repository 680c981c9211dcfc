using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Nacelle.Kubernetes.Client;

namespace Nacelle.Controllers.Events;

/// <summary>
/// Writes events about Pods as a reporting controller. The same event again becomes a series: its count and the time of the last occurrence are patched.
/// An event is a message to people: one that can't be written is logged, and its cause goes on.
/// </summary>
public sealed partial class PodEvents(KubernetesApi api, string controller, string instance, TimeProvider time, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Name, string Text, int Count)> _last = [];

    /// <param name="pod">The Pod that the event is about.</param>
    /// <param name="type">Normal or Warning.</param>
    /// <param name="reason">CamelCase, for machines.</param>
    /// <param name="action">What was being done, CamelCase.</param>
    /// <param name="message">For people.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public async Task WriteAsync(V1Pod pod, string type, string reason, string action, string message, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var text = $"{type} {reason} {action} {message}";
        var name = string.Create(CultureInfo.InvariantCulture, $"{pod.Metadata.Name}.{(now - DateTime.UnixEpoch).Ticks * 100:x}");
        int count;
        lock (_lock)
        {
            var known = _last.TryGetValue(pod.Metadata.Uid, out var last) && last.Text == text;
            (name, count) = known ? (last.Name, last.Count + 1) : (name, 1);
            _last[pod.Metadata.Uid] = (name, text, count);
        }

        try
        {
            if (count == 1 || !await ContinueSeriesAsync(pod.Metadata.NamespaceProperty, name, count, now, cancellationToken))
            {
                await api.CreateAsync(
                    ResourceKinds.Events, pod.Metadata.NamespaceProperty, Event(pod, name, type, reason, action, message, now), cancellationToken);
            }
        }
        catch (Exception e) when (e is ApiException or HttpRequestException)
        {
            LogNotWritten(reason, pod.Metadata.NamespaceProperty, pod.Metadata.Name, e.Message);
        }
    }

    /// <summary>The Pod is gone, or no longer waits: its next event starts anew.</summary>
    public void Forget(string uid)
    {
        lock (_lock)
        {
            _last.Remove(uid);
        }
    }

    private async Task<bool> ContinueSeriesAsync(string ns, string name, int count, DateTime now, CancellationToken cancellationToken)
    {
        var series = new JsonObject
        {
            ["series"] = new JsonObject
            {
                ["count"] = count,
                ["lastObservedTime"] = now.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
            },
        };
        try
        {
            await api.PatchAsync(
                ResourceKinds.Events, ns, name, PatchType.Merge, System.Text.Encoding.UTF8.GetBytes(series.ToJsonString()), cancellationToken);
            return true;
        }
        catch (ApiException e) when (e.Code == System.Net.HttpStatusCode.NotFound)
        {
            // It has expired: the series starts again.
            return false;
        }
    }

    private Corev1Event Event(V1Pod pod, string name, string type, string reason, string action, string message, DateTime now) => new()
    {
        ApiVersion = "v1",
        Kind = "Event",
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = pod.Metadata.NamespaceProperty },
        InvolvedObject = new V1ObjectReference
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Name = pod.Metadata.Name,
            NamespaceProperty = pod.Metadata.NamespaceProperty,
            Uid = pod.Metadata.Uid,
            ResourceVersion = pod.Metadata.ResourceVersion,
        },
        Type = type,
        Reason = reason,
        Action = action,
        Message = message,
        EventTime = now,
        ReportingComponent = controller,
        ReportingInstance = instance,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "event {Reason} of pod {Namespace}/{Name} not written: {Error}")]
    private partial void LogNotWritten(string reason, string @namespace, string name, string error);
}
