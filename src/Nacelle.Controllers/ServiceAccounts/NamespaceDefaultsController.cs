using System.Net;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Nacelle.Kubernetes.Client;

namespace Nacelle.Controllers.ServiceAccounts;

/// <summary>Creates what <see cref="NamespaceDefaults"/> names in every active namespace, and again when someone deletes or changes it.</summary>
public sealed partial class NamespaceDefaultsController(KubernetesApi api, string? authority, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly HashSet<string> _active = [];

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => ControllerTasks.RunAllAsync(
        [FollowNamespacesAsync, FollowAccountsAsync, FollowAuthoritiesAsync], cancellationToken);

    private async Task FollowNamespacesAsync(CancellationToken cancellationToken)
    {
        var namespaces = new Reflector<V1Namespace>(api, ResourceKinds.Namespaces, null, new ListQuery(), time, logger);
        await foreach (var change in namespaces.RunAsync(cancellationToken))
        {
            foreach (var ns in TakeNewlyActive(change))
            {
                await EnsureAsync(ns, cancellationToken);
            }
        }
    }

    private async Task FollowAccountsAsync(CancellationToken cancellationToken)
    {
        var query = new ListQuery { FieldSelector = $"metadata.name={NamespaceDefaults.AccountName}" };
        var accounts = new Reflector<V1ServiceAccount>(api, ResourceKinds.ServiceAccounts, null, query, time, logger);
        await foreach (var change in accounts.RunAsync(cancellationToken))
        {
            if (change.Type == ReflectorEventType.Deleted && IsActive(change.Objects[0].Metadata.NamespaceProperty))
            {
                await EnsureAsync(change.Objects[0].Metadata.NamespaceProperty, cancellationToken);
            }
        }
    }

    private async Task FollowAuthoritiesAsync(CancellationToken cancellationToken)
    {
        if (authority is null)
        {
            return;
        }

        var query = new ListQuery { FieldSelector = $"metadata.name={NamespaceDefaults.AuthorityName}" };
        var maps = new Reflector<V1ConfigMap>(api, ResourceKinds.ConfigMaps, null, query, time, logger);
        await foreach (var change in maps.RunAsync(cancellationToken))
        {
            foreach (var map in change.Objects.Where(map => IsActive(map.Metadata.NamespaceProperty)))
            {
                if (change.Type == ReflectorEventType.Deleted)
                {
                    await EnsureAsync(map.Metadata.NamespaceProperty, cancellationToken);
                }
                else if (map.Data is not { Count: 1 } || !map.Data.TryGetValue(NamespaceDefaults.AuthorityKey, out var present) || present != authority)
                {
                    await RestoreAsync(map, cancellationToken);
                }
            }
        }
    }

    private List<string> TakeNewlyActive(ReflectorEvent<V1Namespace> change)
    {
        lock (_lock)
        {
            if (change.Type == ReflectorEventType.Replaced)
            {
                _active.Clear();
            }

            var added = new List<string>();
            foreach (var ns in change.Objects)
            {
                if (change.Type == ReflectorEventType.Deleted || ns.Metadata.DeletionTimestamp is not null)
                {
                    _active.Remove(ns.Metadata.Name);
                }
                else if (_active.Add(ns.Metadata.Name))
                {
                    added.Add(ns.Metadata.Name);
                }
            }

            return added;
        }
    }

    private bool IsActive(string ns)
    {
        lock (_lock)
        {
            return _active.Contains(ns);
        }
    }

    private async Task EnsureAsync(string ns, CancellationToken cancellationToken)
    {
        await CreateAsync(ResourceKinds.ServiceAccounts, NamespaceDefaults.Account(ns), cancellationToken);
        if (authority is not null)
        {
            await CreateAsync(ResourceKinds.ConfigMaps, NamespaceDefaults.Authority(ns, authority), cancellationToken);
        }
    }

    private async Task CreateAsync<T>(ResourceKind<T> kind, T value, CancellationToken cancellationToken)
        where T : class, k8s.IKubernetesObject<V1ObjectMeta>
    {
        var ns = value.Metadata.NamespaceProperty;
        while (IsActive(ns))
        {
            try
            {
                await api.CreateAsync(kind, ns, value, cancellationToken);
                return;
            }
            catch (ApiException e) when (e.Code is HttpStatusCode.Conflict or HttpStatusCode.NotFound or HttpStatusCode.Forbidden)
            {
                // There already; or the namespace is gone or going.
                return;
            }
            catch (Exception e) when (e is ApiException or HttpRequestException)
            {
                LogFailed(kind.Plural, ns, value.Metadata.Name, e.Message);
                await Task.Delay(RetryDelay, time, cancellationToken);
            }
        }
    }

    private async Task RestoreAsync(V1ConfigMap map, CancellationToken cancellationToken)
    {
        try
        {
            map.Data = new Dictionary<string, string> { [NamespaceDefaults.AuthorityKey] = authority! };
            map.BinaryData = null;
            await api.ReplaceAsync(ResourceKinds.ConfigMaps, map.Metadata.NamespaceProperty, map.Metadata.Name, map, cancellationToken);
        }
        catch (Exception e) when (e is ApiException or HttpRequestException)
        {
            // A newer version comes through the watch; an unreachable server is listed again.
            LogFailed("configmaps", map.Metadata.NamespaceProperty, map.Metadata.Name, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Kind} {Namespace}/{Name} not written: {Error}")]
    private partial void LogFailed(string kind, string @namespace, string name, string error);
}
