using System.Text;
using k8s.Models;
using Nacelle.Kubelet.Environments;
using Nacelle.Kubelet.Resources;

namespace Nacelle.Kubelet.Volumes;

/// <summary>Works out the files of configMap, secret, downwardAPI and projected volumes, with the real kubelet's words for what is missing.</summary>
internal sealed class VolumePayloads(PodObjects objects, NodeResources node)
{
    private const int DefaultMode = 420; // 0644

    /// <exception cref="IOException">Something it refers to is missing.</exception>
    public async Task<Dictionary<string, VolumeFile>> ConfigMapAsync(
        V1Pod pod, string name, IList<V1KeyToPath>? items, int? defaultMode, bool? optional, CancellationToken cancellationToken)
    {
        var map = await objects.ConfigMap(pod.Metadata.NamespaceProperty, name, cancellationToken).ConfigureAwait(false);
        if (map is null && optional != true)
        {
            throw new IOException($"configmap \"{name}\" not found");
        }

        var data = (map?.Data ?? new Dictionary<string, string>()).ToDictionary(p => p.Key, p => Encoding.UTF8.GetBytes(p.Value), StringComparer.Ordinal);
        foreach (var (key, bytes) in map?.BinaryData ?? new Dictionary<string, byte[]>())
        {
            data[key] = bytes;
        }

        return Select(data, items, defaultMode, optional, "configmap references non-existent config key: ");
    }

    /// <exception cref="IOException">Something it refers to is missing.</exception>
    public async Task<Dictionary<string, VolumeFile>> SecretAsync(
        V1Pod pod, string name, IList<V1KeyToPath>? items, int? defaultMode, bool? optional, CancellationToken cancellationToken)
    {
        var secret = await objects.Secret(pod.Metadata.NamespaceProperty, name, cancellationToken).ConfigureAwait(false);
        if (secret is null && optional != true)
        {
            throw new IOException($"secret \"{name}\" not found");
        }

        var data = secret?.Data ?? new Dictionary<string, byte[]>();
        return Select(data, items, defaultMode, optional, "references non-existent secret key: ");
    }

    /// <exception cref="IOException">There is no such field, resource or container.</exception>
    public Dictionary<string, VolumeFile> DownwardApi(V1Pod pod, IList<V1DownwardAPIVolumeFile>? items, int? defaultMode)
    {
        Dictionary<string, VolumeFile> files = new(StringComparer.Ordinal);
        foreach (var item in items ?? [])
        {
            try
            {
                files[item.Path] = new(Encoding.UTF8.GetBytes(Text(pod, item)), item.Mode ?? defaultMode ?? DefaultMode);
            }
            catch (ContainerConfigException e)
            {
                throw new IOException(e.Message, e);
            }
        }

        return files;
    }

    /// <param name="field">The volume's field, for messages: <c>spec.volumes[2]</c>.</param>
    /// <exception cref="IOException">Something it refers to is missing.</exception>
    /// <exception cref="UnsupportedVolumeException">A source is none of those above.</exception>
    public async Task<Dictionary<string, VolumeFile>> ProjectedAsync(
        V1Pod pod, V1ProjectedVolumeSource volume, string field, CancellationToken cancellationToken)
    {
        Dictionary<string, VolumeFile> files = new(StringComparer.Ordinal);
        foreach (var (source, index) in (volume.Sources ?? []).Select((s, i) => (s, i)))
        {
            var part = source switch
            {
                { ConfigMap: { } map } => await ConfigMapAsync(pod, map.Name, map.Items, volume.DefaultMode, map.Optional, cancellationToken)
                    .ConfigureAwait(false),
                { Secret: { } secret } => await SecretAsync(pod, secret.Name, secret.Items, volume.DefaultMode, secret.Optional, cancellationToken)
                    .ConfigureAwait(false),
                { DownwardAPI: { } downward } => DownwardApi(pod, downward.Items, volume.DefaultMode),
                { ServiceAccountToken: not null } => throw new UnsupportedVolumeException(
                    $"{field}.projected.sources[{index}].serviceAccountToken", "service account tokens are not issued yet"),
                _ => throw new UnsupportedVolumeException($"{field}.projected.sources[{index}]", "this source is not supported"),
            };
            foreach (var (path, file) in part)
            {
                files[path] = file;
            }
        }

        return files;
    }

    private static Dictionary<string, VolumeFile> Select(
        IDictionary<string, byte[]> data, IList<V1KeyToPath>? items, int? defaultMode, bool? optional, string missing)
    {
        if (items is not { Count: > 0 })
        {
            return data.ToDictionary(p => p.Key, p => new VolumeFile(p.Value, defaultMode ?? DefaultMode), StringComparer.Ordinal);
        }

        Dictionary<string, VolumeFile> files = new(StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (data.TryGetValue(item.Key, out var bytes))
            {
                files[item.Path] = new(bytes, item.Mode ?? defaultMode ?? DefaultMode);
            }
            else if (optional != true)
            {
                throw new IOException(missing + item.Key);
            }
        }

        return files;
    }

    private string Text(V1Pod pod, V1DownwardAPIVolumeFile item)
    {
        if (item.FieldRef is { } field)
        {
            return PodFields.Metadata(pod, field.FieldPath);
        }

        var reference = item.ResourceFieldRef ?? throw new ContainerConfigException($"{item.Path}: neither fieldRef nor resourceFieldRef");
        var container = pod.Spec.Containers.Concat(pod.Spec.InitContainers ?? []).FirstOrDefault(c => c.Name == reference.ContainerName)
            ?? throw new ContainerConfigException($"container {reference.ContainerName} not found");
        return ResourceFields.Value(container, reference, node);
    }
}
