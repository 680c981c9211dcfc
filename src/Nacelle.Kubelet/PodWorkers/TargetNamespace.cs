using Grpc.Core;
using k8s.Models;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.Events;
using Nacelle.Linux.Namespaces;
using Runtime.V1;

namespace Nacelle.Kubelet.PodWorkers;

/// <summary>
/// Whether an ephemeral container really came into the process namespace of its target. CRI lets a runtime ignore the mode TARGET without a word; the
/// user would look at processes that are not those asked for.
/// </summary>
internal sealed class TargetNamespace(PodServices services, V1Pod pod)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Compares the namespaces of the two first processes. What is not known, or ended meanwhile, is no reason to say anything.</summary>
    public async Task TellIgnoredAsync(string container, string id, string targetId, CancellationToken cancellationToken)
    {
        try
        {
            var (own, target) = (await PidAsync(id, cancellationToken).ConfigureAwait(false), await PidAsync(targetId, cancellationToken).ConfigureAwait(false));
            if (own == 0 || target == 0 || !Differ(NamespaceLink.TryRead(own, "pid"), NamespaceLink.TryRead(target, "pid")))
            {
                return;
            }

            // Either may have ended before its link was read, and its PID be another's: what was read counts only if both still run.
            if (own == await PidAsync(id, cancellationToken).ConfigureAwait(false) && target == await PidAsync(targetId, cancellationToken).ConfigureAwait(false))
            {
                var name = pod.Spec.EphemeralContainers.First(c => c.Name == container).TargetContainerName;
                services.Events.Record(
                    pod, container, true, EventReasons.TargetNamespaceIgnored, EventTexts.TargetIgnored(services.RuntimeName, container, name));
            }
        }
        catch (RpcException) when (!cancellationToken.IsCancellationRequested)
        {
            // The container runs; that nothing is known of its process is no failure of its start.
        }
    }

    /// <summary>True only where both are known. Pure.</summary>
    internal static bool Differ(ulong? own, ulong? target) => own is not null && target is not null && own != target;

    /// <summary>0 when the runtime does not say, or nothing runs.</summary>
    private async Task<int> PidAsync(string id, CancellationToken cancellationToken)
    {
        var answer = await services.Cri.Runtime.ContainerStatusAsync(
            new ContainerStatusRequest { ContainerId = id, Verbose = true }, deadline: DateTime.UtcNow + Limit,
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return VerboseInfo.Pid(answer.Info);
    }
}
