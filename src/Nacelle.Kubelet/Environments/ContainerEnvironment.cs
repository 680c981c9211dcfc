using System.Text;
using k8s.Models;

namespace Nacelle.Kubelet.Environments;

/// <summary>
/// Makes the variables a container starts with, as the kubelet does: Services in the lowest rank, <c>envFrom</c> in order, then <c>env</c> in order,
/// each value seeing those before it.
/// </summary>
public static class ContainerEnvironment
{
    /// <returns>Each name once, in the order of the manifest; a Service's variables after them.</returns>
    /// <exception cref="ContainerConfigException">Something that the container refers to is missing, or a source is of a kind not supported.</exception>
    public static async Task<IReadOnlyList<KeyValuePair<string, string>>> MakeAsync(
        V1Pod pod, V1Container container, EnvironmentContext context, CancellationToken cancellationToken)
    {
        var services = await ServicesAsync(pod, context.Objects, cancellationToken).ConfigureAwait(false);
        var variables = new OrderedVariables();
        foreach (var source in container.EnvFrom ?? [])
        {
            foreach (var (key, value) in await ReadAsync(pod, source, context.Objects, cancellationToken).ConfigureAwait(false))
            {
                variables.Set(source.Prefix + key, value);
            }
        }

        foreach (var variable in container.Env ?? [])
        {
            var value = string.IsNullOrEmpty(variable.Value) && variable.ValueFrom is { } source
                ? await ReadAsync(pod, container, source, context, cancellationToken).ConfigureAwait(false)
                : Expansion.Expand(variable.Value ?? "", name => variables.Find(name) ?? services.Find(name));
            if (value is not null)
            {
                variables.Set(variable.Name, value);
            }
        }

        return [.. variables.InOrder(), .. services.InOrder().Where(pair => variables.Find(pair.Key) is null)];
    }

    private static async Task<OrderedVariables> ServicesAsync(V1Pod pod, PodObjects objects, CancellationToken cancellationToken)
    {
        var variables = new OrderedVariables();
        var ns = pod.Metadata.NamespaceProperty;
        var master = (await objects.Services("default", cancellationToken).ConfigureAwait(false)).Where(s => s.Metadata.Name == "kubernetes");
        IEnumerable<V1Service> own = pod.Spec.EnableServiceLinks ?? true ? await objects.Services(ns, cancellationToken).ConfigureAwait(false) : [];
        foreach (var (name, value) in master.Concat(own).SelectMany(ServiceVariables.Of))
        {
            variables.Set(name, value);
        }

        return variables;
    }

    private static async Task<IEnumerable<KeyValuePair<string, string>>> ReadAsync(
        V1Pod pod, V1EnvFromSource source, PodObjects objects, CancellationToken cancellationToken)
    {
        if (source.ConfigMapRef is { } map)
        {
            var found = await ConfigMapAsync(pod, map.Name, map.Optional, objects, cancellationToken).ConfigureAwait(false);
            return Sorted(found?.Data);
        }

        if (source.SecretRef is { } secret)
        {
            var found = await SecretAsync(pod, secret.Name, secret.Optional, objects, cancellationToken).ConfigureAwait(false);
            return Sorted(found?.Data).Select(pair => KeyValuePair.Create(pair.Key, Encoding.UTF8.GetString(pair.Value)));
        }

        return [];
    }

    // Null leaves the variable out: an optional reference to nothing.
    private static async Task<string?> ReadAsync(
        V1Pod pod, V1Container container, V1EnvVarSource source, EnvironmentContext context, CancellationToken cancellationToken)
    {
        var ns = pod.Metadata.NamespaceProperty;
        switch (source)
        {
            case { FieldRef: { } field }:
                return PodFields.Variable(pod, field.FieldPath, context.PodIPs, context.HostIPs);
            case { ResourceFieldRef: { } resource }:
                return ResourceFields.Value(ContainerNamed(pod, container, resource.ContainerName), resource, context.Node);
            case { ConfigMapKeyRef: { } key }:
                var map = await ConfigMapAsync(pod, key.Name, key.Optional, context.Objects, cancellationToken).ConfigureAwait(false);
                return map?.Data?.TryGetValue(key.Key, out var text) == true ? text : Missing(key.Key, key.Optional, $"ConfigMap {ns}/{key.Name}");
            case { SecretKeyRef: { } key }:
                var secret = await SecretAsync(pod, key.Name, key.Optional, context.Objects, cancellationToken).ConfigureAwait(false);
                return secret?.Data?.TryGetValue(key.Key, out var bytes) == true
                    ? Encoding.UTF8.GetString(bytes)
                    : Missing(key.Key, key.Optional, $"Secret {ns}/{key.Name}");
            case { FileKeyRef: not null }:
                throw new ContainerConfigException("env valueFrom.fileKeyRef is not supported");
            default:
                return "";
        }
    }

    private static string? Missing(string key, bool? optional, string where) =>
        optional == true ? null : throw new ContainerConfigException($"couldn't find key {key} in {where}");

    private static async Task<V1ConfigMap?> ConfigMapAsync(
        V1Pod pod, string name, bool? optional, PodObjects objects, CancellationToken cancellationToken) =>
        await objects.ConfigMap(pod.Metadata.NamespaceProperty, name, cancellationToken).ConfigureAwait(false)
        ?? (optional == true ? null : throw new ContainerConfigException($"configmap \"{name}\" not found"));

    private static async Task<V1Secret?> SecretAsync(
        V1Pod pod, string name, bool? optional, PodObjects objects, CancellationToken cancellationToken) =>
        await objects.Secret(pod.Metadata.NamespaceProperty, name, cancellationToken).ConfigureAwait(false)
        ?? (optional == true ? null : throw new ContainerConfigException($"secret \"{name}\" not found"));

    private static V1Container ContainerNamed(V1Pod pod, V1Container own, string? name) => string.IsNullOrEmpty(name) || name == own.Name
        ? own
        : pod.Spec.Containers.Concat(pod.Spec.InitContainers ?? []).FirstOrDefault(c => c.Name == name)
            ?? throw new ContainerConfigException($"container {name} not found");

    private static IEnumerable<KeyValuePair<string, T>> Sorted<T>(IDictionary<string, T>? data) =>
        (data ?? new Dictionary<string, T>()).OrderBy(pair => pair.Key, StringComparer.Ordinal);
}
