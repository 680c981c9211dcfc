using k8s.Models;
using Nacelle.Kubelet.Resources;
using Nacelle.Linux;
using Nacelle.Linux.Files;

namespace Nacelle.Kubelet.Volumes;

/// <summary>
/// A Pod's volumes on the host: emptyDir, hostPath, configMap, secret, downwardAPI and projected. What holds secrets or fields is kept in memory (tmpfs).
/// All methods may be repeated; the caller sees to it that a Pod is worked on by one task at a time.
/// </summary>
public sealed class PodVolumes
{
    private const int EveryoneMode = 0x1FF; // 0777
    private const int OwnersMode = 0x1E8; // 0750
    private readonly VolumePaths _paths;
    private readonly VolumePayloads _payloads;
    private readonly TimeProvider _time;

    /// <param name="podsDirectory">Absolute; holds a directory for each Pod uid.</param>
    /// <param name="objects">Where ConfigMaps and Secrets come from.</param>
    /// <param name="node">Stands in for limits that a container does not have (downwardAPI).</param>
    /// <param name="time">Names the versions of files.</param>
    public PodVolumes(string podsDirectory, PodObjects objects, NodeResources node, TimeProvider time)
    {
        _paths = new VolumePaths(podsDirectory);
        _payloads = new VolumePayloads(objects, node);
        _time = time;
    }

    /// <summary>Sets up all volumes of the Pod's spec.</summary>
    /// <returns>Volume name to the path on the host.</returns>
    /// <exception cref="VolumeException">A volume cannot be set up yet.</exception>
    /// <exception cref="UnsupportedVolumeException">A volume is of a kind that is not supported; nothing was made.</exception>
    public async Task<IReadOnlyDictionary<string, string>> SetUpAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        var volumes = (pod.Spec.Volumes ?? []).Select((volume, index) => (volume, field: $"spec.volumes[{index}]")).ToList();
        foreach (var (volume, field) in volumes)
        {
            ThrowIfUnsupported(volume, field);
        }

        // Files in volumes may be readable for everyone inside the Pod, and must not be for everyone on the host.
        var directory = Directory.CreateDirectory(_paths.Pod(pod.Metadata.Uid));
        directory.UnixFileMode = (UnixFileMode)OwnersMode;
        Dictionary<string, string> paths = new(StringComparer.Ordinal);
        foreach (var (volume, field) in volumes)
        {
            paths[volume.Name] = await SetUpAsync(pod, volume, field, cancellationToken).ConfigureAwait(false);
        }

        return paths;
    }

    /// <summary>Brings the files of configMap, secret, downwardAPI and projected volumes up to date.</summary>
    /// <returns>What could not be brought up to date; such a volume keeps its files.</returns>
    public async Task<IReadOnlyList<VolumeException>> RefreshAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        List<VolumeException> failures = [];
        foreach (var (volume, index) in (pod.Spec.Volumes ?? []).Select((v, i) => (v, i)))
        {
            if (volume is { ConfigMap: null, Secret: null, DownwardAPI: null, Projected: null })
            {
                continue;
            }

            try
            {
                await SetUpAsync(pod, volume, $"spec.volumes[{index}]", cancellationToken).ConfigureAwait(false);
            }
            catch (VolumeException e)
            {
                failures.Add(e);
            }
        }

        return failures;
    }

    /// <summary>Unmounts and deletes the Pod's volumes and subPath mounts, whatever its spec was; hostPath stays untouched.</summary>
    /// <exception cref="IOException">Something could not be unmounted or deleted; call again.</exception>
    public Task TearDownAsync(string podUid, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            TmpfsMounts.UnmountBeneath(_paths.Volumes(podUid));
            TmpfsMounts.UnmountBeneath(_paths.SubPaths(podUid));
            FileTree.Remove(_paths.SubPaths(podUid));
            FileTree.Remove(_paths.Volumes(podUid));
        },
        cancellationToken);

    private static void ThrowIfUnsupported(V1Volume volume, string field)
    {
        switch (volume)
        {
            case { EmptyDir: { } empty }:
                _ = string.IsNullOrEmpty(empty.Medium) || empty.Medium == "Memory"
                    ? 0
                    : throw new UnsupportedVolumeException($"{field}.emptyDir.medium", $"\"{empty.Medium}\" is not supported");
                return;
            case { HostPath: not null } or { ConfigMap: not null } or { Secret: not null } or { DownwardAPI: not null } or { Projected: not null }:
                return;
            default:
                throw new UnsupportedVolumeException($"{field}.{VolumeKind.NameOf(volume)}", "this kind of volume is not supported");
        }
    }

    private async Task<string> SetUpAsync(V1Pod pod, V1Volume volume, string field, CancellationToken cancellationToken)
    {
        try
        {
            return volume switch
            {
                { EmptyDir: { } empty } => SetUpEmptyDir(pod, volume.Name, empty),
                { HostPath: { } host } => SetUpHostPath(host),
                { ConfigMap: { } map } => Show(pod, "configmap", volume.Name, false, await _payloads.ConfigMapAsync(
                    pod, map.Name, map.Items, map.DefaultMode, map.Optional, cancellationToken).ConfigureAwait(false)),
                { Secret: { } secret } => Show(pod, "secret", volume.Name, true, await _payloads.SecretAsync(
                    pod, secret.SecretName, secret.Items, secret.DefaultMode, secret.Optional, cancellationToken).ConfigureAwait(false)),
                { DownwardAPI: { } downward } => Show(
                    pod, "downward-api", volume.Name, true, _payloads.DownwardApi(pod, downward.Items, downward.DefaultMode)),
                { Projected: { } projected } => Show(pod, "projected", volume.Name, true, await _payloads.ProjectedAsync(
                    pod, projected, field, cancellationToken).ConfigureAwait(false)),
                _ => throw new UnsupportedVolumeException(field, "this kind of volume is not supported"),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new VolumeException(volume.Name, e.Message, e);
        }
    }

    private string SetUpEmptyDir(V1Pod pod, string name, V1EmptyDirVolumeSource volume)
    {
        var path = _paths.Volume(pod.Metadata.Uid, "empty-dir", name);
        if (volume.Medium == "Memory")
        {
            if (TmpfsMounts.Ensure(path, EmptyDirSize.InMemory(pod, volume)))
            {
                Give(pod, path, readOnly: false);
            }
        }
        else if (!Directory.Exists(path))
        {
            // Shown under its name only when it is finished: a second try must not take a half-made one for the Pod's own.
            var unfinished = path + ".new";
            Directory.CreateDirectory(unfinished);
            File.SetUnixFileMode(unfinished, (UnixFileMode)EveryoneMode);
            Give(pod, unfinished, readOnly: false);
            Directory.Move(unfinished, path);
        }

        return path;
    }

    private static string SetUpHostPath(V1HostPathVolumeSource volume)
    {
        HostPathCheck.Check(volume.Path, volume.Type);
        return volume.Path;
    }

    private string Show(V1Pod pod, string kind, string name, bool inMemory, IReadOnlyDictionary<string, VolumeFile> files)
    {
        var path = _paths.Volume(pod.Metadata.Uid, kind, name);
        if (inMemory)
        {
            TmpfsMounts.Ensure(path, sizeBytes: null);
        }
        else if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path);
            File.SetUnixFileMode(path, (UnixFileMode)EveryoneMode);
        }

        if (AtomicDirectory.Write(path, files, version => Give(pod, version, readOnly: true), _time.GetUtcNow()))
        {
            Give(pod, path, readOnly: true);
        }

        return path;
    }

    private static void Give(V1Pod pod, string path, bool readOnly)
    {
        if (pod.Spec.SecurityContext?.FsGroup is { } group)
        {
            VolumeOwnership.Give(path, group, readOnly);
        }
    }
}
