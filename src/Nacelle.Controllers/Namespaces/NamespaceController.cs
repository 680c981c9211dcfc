using System.Net;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Nacelle.Kubernetes.Client;

namespace Nacelle.Controllers.Namespaces;

/// <summary>
/// Empties Terminating namespaces and then takes their finalizer <c>kubernetes</c> away, at which the API server removes them. Each namespace has one task,
/// that passes over it again and again, at growing distances, until it is gone.
/// </summary>
public sealed partial class NamespaceController(KubernetesApi api, TimeProvider time, ILogger logger)
{
    private const string Finalizer = "kubernetes";

    private readonly NamespaceContent _content = new(api, new ResourceDiscovery(api));
    private readonly Dictionary<string, Task> _emptying = [];

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var namespaces = new Reflector<V1Namespace>(api, ResourceKinds.Namespaces, null, new ListQuery(), time, logger);
        try
        {
            await foreach (var change in namespaces.RunAsync(cancellationToken))
            {
                foreach (var done in _emptying.Where(pair => pair.Value.IsCompleted).Select(pair => pair.Key).ToList())
                {
                    await _emptying[done];
                    _emptying.Remove(done);
                }

                foreach (var ns in change.Objects.Where(ns => ns.Metadata.DeletionTimestamp is not null && change.Type != ReflectorEventType.Deleted))
                {
                    _emptying.TryAdd(ns.Metadata.Uid, EmptyAsync(ns.Metadata.Name, ns.Metadata.Uid, cancellationToken));
                }
            }
        }
        finally
        {
            await Task.WhenAll(_emptying.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task EmptyAsync(string name, string uid, CancellationToken cancellationToken)
    {
        var delay = new ReconnectDelay(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2));
        while (true)
        {
            try
            {
                if (await PassAsync(name, uid, cancellationToken))
                {
                    return;
                }
            }
            catch (Exception e) when (e is ApiException or HttpRequestException)
            {
                LogFailed(name, e.Message);
            }

            await Task.Delay(delay.Next(), time, cancellationToken);
        }
    }

    /// <returns>Whether nothing is left to do for this namespace.</returns>
    private async Task<bool> PassAsync(string name, string uid, CancellationToken cancellationToken)
    {
        V1Namespace ns;
        try
        {
            ns = await api.GetAsync(ResourceKinds.Namespaces, null, name, cancellationToken);
        }
        catch (ApiException e) when (e.Code == HttpStatusCode.NotFound)
        {
            return true;
        }

        if (ns.Metadata.Uid != uid || ns.Spec?.Finalizers?.Contains(Finalizer) != true)
        {
            // Another namespace of that name, or one that waits for other finalizers only.
            return true;
        }

        var remains = await _content.DeleteAsync(name, cancellationToken);
        ns = await UpdateConditionsAsync(ns, remains, cancellationToken);
        if (!remains.IsEmpty)
        {
            return false;
        }

        ns.Spec.Finalizers = [.. ns.Spec.Finalizers.Where(finalizer => finalizer != Finalizer)];
        await api.ReplaceAsync(ResourceKinds.Namespaces, null, name, ns, cancellationToken, "finalize");
        LogEmptied(name);
        return true;
    }

    private async Task<V1Namespace> UpdateConditionsAsync(V1Namespace ns, ContentRemains remains, CancellationToken cancellationToken)
    {
        var before = ns.Status?.Conditions ?? [];
        var after = NamespaceConditions.After(remains, before, time.GetUtcNow().UtcDateTime);
        if (after.Select(Text).SequenceEqual(before.Select(Text)))
        {
            return ns;
        }

        ns.Status ??= new V1NamespaceStatus();
        ns.Status.Conditions = [.. after];
        return await api.ReplaceAsync(ResourceKinds.Namespaces, null, ns.Metadata.Name, ns, cancellationToken, "status");
    }

    private static string Text(V1NamespaceCondition condition) => $"{condition.Type} {condition.Status} {condition.Reason} {condition.Message}";

    [LoggerMessage(Level = LogLevel.Information, Message = "namespace {Name} is empty and finalized")]
    private partial void LogEmptied(string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "namespace {Name} not emptied yet: {Error}")]
    private partial void LogFailed(string name, string error);
}
