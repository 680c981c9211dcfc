using System.Collections.Concurrent;
using System.Collections.Immutable;
using Grpc.Core;
using k8s.Models;
using Nacelle.Inspect.Processes;
using Nacelle.Kubelet.Cri;
using Nacelle.Linux.Cgroups;
using Runtime.V1;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>
/// The running containers and sandboxes of this node's Pods, with what the kernel says of their first processes. The runtime tells that PID in the
/// <c>info</c> map of its verbose status; it is asked once for each container.
/// </summary>
internal sealed class InspectedContainers(CriClient cri, CgroupTree tree)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, (string PodUid, int Pid, ContainerProbe Probe)> _known = new(StringComparer.Ordinal);

    /// <summary>Those of these Pods, one Pod's together; a container without a living first process is left out.</summary>
    /// <exception cref="RpcException">The runtime does not answer.</exception>
    public async Task<ImmutableArray<InspectedContainer>> ListAsync(IEnumerable<V1Pod> pods, CancellationToken cancellationToken)
    {
        var asked = pods.ToDictionary(p => p.Metadata.Uid, StringComparer.Ordinal);
        if (asked.Count == 0)
        {
            return [];
        }

        var deadline = DateTime.UtcNow + Timeout;
        var only = asked.Count == 1 ? asked.Keys.First() : null;
        var sandboxes = cri.Runtime.ListPodSandboxAsync(
            new ListPodSandboxRequest { Filter = SandboxFilter(only) }, deadline: deadline, cancellationToken: cancellationToken);
        var containers = cri.Runtime.ListContainersAsync(
            new ListContainersRequest { Filter = ContainerFilter(only) }, deadline: deadline, cancellationToken: cancellationToken);
        var ready = (await sandboxes.ConfigureAwait(false)).Items;
        var running = (await containers.ConfigureAwait(false)).Containers;
        if (only is null)
        {
            Forget([.. ready.Select(s => s.Id), .. running.Select(c => c.Id)]);
        }

        var found = new List<Task<InspectedContainer?>>();
        foreach (var sandbox in ready)
        {
            if (asked.TryGetValue(sandbox.Labels.GetValueOrDefault(CriLabels.PodUid) ?? "", out var pod))
            {
                found.Add(SandboxAsync(pod, sandbox.Id, deadline, cancellationToken));
            }
        }

        foreach (var container in running)
        {
            if (asked.TryGetValue(container.Labels.GetValueOrDefault(CriLabels.PodUid) ?? "", out var pod))
            {
                found.Add(ContainerAsync(pod, container, deadline, cancellationToken));
            }
        }

        return [.. (await Task.WhenAll(found).ConfigureAwait(false)).OfType<InspectedContainer>()];
    }

    /// <summary>
    /// <c>linux.seccomp</c> of a container's OCI runtime specification, a JSON object; null where it has none, the container is gone or the runtime does not tell.
    /// </summary>
    /// <exception cref="RpcException">The runtime does not answer.</exception>
    public async Task<string?> ReadSeccompAsync(string id, CancellationToken cancellationToken) =>
        await InfoAsync(id, DateTime.UtcNow + Timeout, cancellationToken).ConfigureAwait(false) is { } info ? VerboseInfo.Seccomp(info) : null;

    private static PodSandboxFilter SandboxFilter(string? uid)
    {
        var filter = new PodSandboxFilter { State = new PodSandboxStateValue { State = PodSandboxState.SandboxReady } };
        if (uid is not null)
        {
            filter.LabelSelector[CriLabels.PodUid] = uid;
        }

        return filter;
    }

    private static ContainerFilter ContainerFilter(string? uid)
    {
        var filter = new ContainerFilter { State = new ContainerStateValue { State = ContainerState.ContainerRunning } };
        if (uid is not null)
        {
            filter.LabelSelector[CriLabels.PodUid] = uid;
        }

        return filter;
    }

    private async Task<InspectedContainer?> SandboxAsync(V1Pod pod, string id, DateTime deadline, CancellationToken cancellationToken)
    {
        if (!_known.ContainsKey(id))
        {
            try
            {
                var answer = await cri.Runtime.PodSandboxStatusAsync(
                    new PodSandboxStatusRequest { PodSandboxId = id, Verbose = true }, deadline: deadline, cancellationToken: cancellationToken)
                    .ConfigureAwait(false);
                Learn(pod.Metadata.Uid, id, answer.Info);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
            {
                return null;
            }
        }

        return Make(pod, "", id, ContainerKind.Sandbox);
    }

    private async Task<InspectedContainer?> ContainerAsync(V1Pod pod, Container container, DateTime deadline, CancellationToken cancellationToken)
    {
        if (!_known.ContainsKey(container.Id))
        {
            if (await InfoAsync(container.Id, deadline, cancellationToken).ConfigureAwait(false) is not { } info)
            {
                return null;
            }

            Learn(pod.Metadata.Uid, container.Id, info);
        }

        var name = container.Labels.GetValueOrDefault(CriLabels.ContainerName) ?? container.Metadata?.Name ?? "";
        return Make(pod, name, container.Id, KindOf(pod, name));
    }

    /// <summary>The verbose part of a container's status; null where it is gone.</summary>
    private async Task<IDictionary<string, string>?> InfoAsync(string id, DateTime deadline, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await cri.Runtime.ContainerStatusAsync(
                new ContainerStatusRequest { ContainerId = id, Verbose = true }, deadline: deadline, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
            return answer.Info;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }

    private InspectedContainer? Make(V1Pod pod, string name, string id, ContainerKind kind) =>
        !_known.TryGetValue(id, out var known) ? null : new InspectedContainer
        {
            Pod = PodOf(pod),
            Name = name,
            Id = id,
            Kind = kind,
            MainPid = known.Pid,
            MainStartTicks = known.Probe.StartTicks,
            CgroupPath = known.Probe.CgroupPath,
            NamespaceDepth = known.Probe.NamespaceDepth,
            PidNamespace = known.Probe.PidNamespace,
        };

    /// <summary>
    /// The UID of the Pod whose container a process on the host is in; empty for one that is beneath <paramref name="root"/> and in no container known so far;
    /// null for any other.
    /// </summary>
    /// <param name="hostPid">The process.</param>
    /// <param name="root">The control group around all Pods' groups.</param>
    public string? FindPodUid(int hostPid, string root)
    {
        if (CgroupMembership.TryRead(tree, hostPid) is not { } path || !path.StartsWith(root, StringComparison.Ordinal))
        {
            return null;
        }

        foreach (var (_, known) in _known)
        {
            if (path.StartsWith(known.Probe.CgroupPath, StringComparison.Ordinal)
                && (path.Length == known.Probe.CgroupPath.Length || path[known.Probe.CgroupPath.Length] == '/'))
            {
                return known.PodUid;
            }
        }

        return "";
    }

    /// <summary>A runtime that tells no PID, or whose PID has ended, teaches nothing; it is asked again next time.</summary>
    private void Learn(string podUid, string id, IDictionary<string, string> info)
    {
        if (VerboseInfo.Pid(info) is var pid and > 0 && ContainerProbe.TryRead(tree, pid) is { } probe)
        {
            _known[id] = (podUid, pid, probe);
        }
    }

    private void Forget(HashSet<string> present)
    {
        foreach (var id in _known.Keys)
        {
            if (!present.Contains(id))
            {
                _known.TryRemove(id, out _);
            }
        }
    }

    private static InspectedPod PodOf(V1Pod pod) => new(
        pod.Metadata.NamespaceProperty, pod.Metadata.Name, pod.Metadata.Uid,
        pod.Metadata.Labels as IReadOnlyDictionary<string, string> ?? ImmutableDictionary<string, string>.Empty);

    private static ContainerKind KindOf(V1Pod pod, string name) =>
        pod.Spec.EphemeralContainers?.Any(c => c.Name == name) == true ? ContainerKind.Ephemeral
        : pod.Spec.InitContainers?.Any(c => c.Name == name) == true ? ContainerKind.Init
        : ContainerKind.Regular;
}
