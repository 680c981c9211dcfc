using System.Collections.Immutable;
using System.Net;
using k8s.Models;
using Nacelle.Kubelet.Cgroups;
using Nacelle.Kubelet.Environments;
using Nacelle.Kubelet.PodFiles;
using Nacelle.Kubelet.Resources;
using Nacelle.Kubelet.Status;
using Nacelle.Kubelet.Volumes;
using Nacelle.Kubernetes.Client;
using Runtime.V1;

namespace Nacelle.Kubelet.Containers;

/// <summary>What a Pod needs before its sandbox and containers: cgroup, directories, volumes, DNS, credentials, environment.</summary>
public sealed class PodPreparation
{
    private const string HostsPath = "/etc/hosts";
    private const string SystemdUpstream = "/run/systemd/resolve/resolv.conf";
    private static readonly TimeSpan ConfigRetry = TimeSpan.FromSeconds(5);

    private readonly KubeletOptions _options;
    private readonly PodPaths _paths;
    private readonly PodCgroup? _cgroups;
    private readonly PodObjects _objects;
    private readonly PodVolumes _volumes;
    private readonly SubPaths _subPaths;
    private readonly ImmutableArray<string> _hostAddresses;
    private readonly NodeResources _node;
    private readonly Lock _hostsGate = new();

    /// <param name="cgroups">Null leaves the cgroups of Pods to the runtime.</param>
    public PodPreparation(
        KubeletOptions options, KubernetesApi api, PodPaths paths, PodCgroup? cgroups, ImmutableArray<string> hostAddresses, NodeResources node)
    {
        (_options, _paths, _cgroups, _hostAddresses, _node) = (options, paths, cgroups, hostAddresses, node);
        _objects = new PodObjects
        {
            ConfigMap = (ns, name, token) => FindAsync(api, ResourceKinds.ConfigMaps, ns, name, token),
            Secret = (ns, name, token) => FindAsync(api, ResourceKinds.Secrets, ns, name, token),
        };
        _volumes = new PodVolumes(paths.PodsDirectory, _objects, node, options.TimeProvider);
        _subPaths = new SubPaths(paths.PodsDirectory);
    }

    /// <summary>Makes the Pod's cgroup, and returns its path for CRI (empty: the runtime chooses).</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public string Cgroup(V1Pod pod) => _cgroups?.Create(pod) ?? "";

    /// <summary>What the Pod's resolv.conf will say.</summary>
    public DnsOutcome Dns(V1Pod pod) => PodDns.Of(
        pod, ResolverFile.OfHost(_options.ResolvConf, SystemdUpstream), new ClusterDns(_options.ClusterDns, _options.ClusterDomain));

    /// <summary>Makes the Pod's directories and volumes.</summary>
    /// <returns>Volume name to the path on the host.</returns>
    /// <exception cref="VolumeException">A volume cannot be made now.</exception>
    /// <exception cref="UnsupportedVolumeException">A volume is of a kind we do not do.</exception>
    public async Task<IReadOnlyDictionary<string, string>> VolumesAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_paths.PodDirectory(pod.Metadata.Uid));
        Directory.CreateDirectory(_paths.LogDirectory(pod));
        return await _volumes.SetUpAsync(pod, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Brings the files of volumes made from API objects up to date.</summary>
    public Task<IReadOnlyList<VolumeException>> RefreshAsync(V1Pod pod, CancellationToken cancellationToken) =>
        _volumes.RefreshAsync(pod, cancellationToken);

    /// <summary>The credentials of the Pod's imagePullSecrets, and the names of those that are missing.</summary>
    public async Task<(RegistryCredentials Credentials, ImmutableArray<string> Missing)> CredentialsAsync(
        V1Pod pod, CancellationToken cancellationToken)
    {
        if (pod.Spec.ImagePullSecrets is not { Count: > 0 } references)
        {
            return (RegistryCredentials.None, []);
        }

        var secrets = new List<V1Secret>();
        var missing = ImmutableArray.CreateBuilder<string>();
        foreach (var reference in references)
        {
            if (await _objects.Secret(pod.Metadata.NamespaceProperty, reference.Name, cancellationToken).ConfigureAwait(false) is { } secret)
            {
                secrets.Add(secret);
            }
            else
            {
                missing.Add(reference.Name);
            }
        }

        return (RegistryCredentials.From(secrets), missing.ToImmutable());
    }

    /// <exception cref="ContainerStartException">CreateContainerConfigError.</exception>
    public async Task<ContainerInputs> InputsAsync(
        V1Pod pod, V1Container container, IReadOnlyDictionary<string, string> volumes, ImmutableArray<string> addresses, string hostname,
        CancellationToken cancellationToken)
    {
        try
        {
            var environment = await ContainerEnvironment.MakeAsync(
                pod, container, new EnvironmentContext(addresses, _hostAddresses, _node, _objects), cancellationToken).ConfigureAwait(false);
            return new ContainerInputs
            {
                Environment = [.. environment],
                Command = [.. Expansion.ExpandAll(container.Command, environment)],
                Args = [.. Expansion.ExpandAll(container.Args, environment)],
                Mounts = [.. VolumeMounts(pod, container, volumes, environment), .. HostsMount(pod, container, addresses, hostname)],
                Resources = Resources.ContainerResources.ToLinux(pod, container, _node.MemoryBytes),
            };
        }
        catch (ContainerConfigException e)
        {
            throw new ContainerStartException(new WaitingReason("CreateContainerConfigError", e.Message)) { RetryAfter = ConfigRetry };
        }
    }

    /// <summary>Removes what the other methods made. Idempotent.</summary>
    public async Task TearDownAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        if (_cgroups is not null)
        {
            await _cgroups.RemoveAsync(pod.Metadata.Uid, cancellationToken).ConfigureAwait(false);
        }

        await _volumes.TearDownAsync(pod.Metadata.Uid, cancellationToken).ConfigureAwait(false);
        if (Directory.Exists(_paths.PodDirectory(pod.Metadata.Uid)))
        {
            Directory.Delete(_paths.PodDirectory(pod.Metadata.Uid), recursive: true);
        }
    }

    private static async Task<T?> FindAsync<T>(
        KubernetesApi api, ResourceKind<T> kind, string ns, string name, CancellationToken cancellationToken)
        where T : class, k8s.IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            return await api.GetAsync(kind, ns, name, cancellationToken).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.Code == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private IEnumerable<Mount> VolumeMounts(
        V1Pod pod, V1Container container, IReadOnlyDictionary<string, string> volumes, IReadOnlyList<KeyValuePair<string, string>> environment)
    {
        for (var i = 0; i < (container.VolumeMounts?.Count ?? 0); i++)
        {
            var mount = container.VolumeMounts![i];
            if (!volumes.TryGetValue(mount.Name, out var path))
            {
                throw new ContainerConfigException($"cannot find volume \"{mount.Name}\" to mount into container \"{container.Name}\"");
            }

            yield return new Mount
            {
                ContainerPath = mount.MountPath.StartsWith('/') ? mount.MountPath : "/" + mount.MountPath,
                HostPath = _subPaths.Prepare(pod, container, i, path, environment),
                Readonly = mount.ReadOnlyProperty == true || IsAlwaysReadOnly(pod, mount.Name),
                Propagation = mount.MountPropagation switch
                {
                    "Bidirectional" => MountPropagation.PropagationBidirectional,
                    "HostToContainer" => MountPropagation.PropagationHostToContainer,
                    _ => MountPropagation.PropagationPrivate,
                },
            };
        }
    }

    /// <summary>Volumes made from API objects cannot be written, whatever the mount says.</summary>
    private static bool IsAlwaysReadOnly(V1Pod pod, string volume) => pod.Spec.Volumes?.FirstOrDefault(v => v.Name == volume)
        is { ConfigMap: not null } or { Secret: not null } or { DownwardAPI: not null } or { Projected: not null };

    /// <summary>All containers of a Pod share one <c>/etc/hosts</c>, except one that mounts its own.</summary>
    private IEnumerable<Mount> HostsMount(V1Pod pod, V1Container container, ImmutableArray<string> addresses, string hostname)
    {
        if (container.VolumeMounts?.Any(m => m.MountPath == HostsPath) == true)
        {
            return [];
        }

        var path = Path.Combine(_paths.PodDirectory(pod.Metadata.Uid), "etc-hosts");
        var text = pod.Spec.HostNetwork == true
            ? HostsFile.OfHostNetwork(pod, File.Exists(HostsPath) ? File.ReadAllText(HostsPath) : "")
            : HostsFile.Managed(pod, addresses, hostname, "");
        lock (_hostsGate)
        {
            // Written in place: containers that run hold this very file.
            if (!File.Exists(path) || File.ReadAllText(path) != text)
            {
                File.WriteAllText(path, text);
                File.SetUnixFileMode(
                    path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            }
        }

        return [new Mount { ContainerPath = HostsPath, HostPath = path }];
    }
}
