using System.Globalization;
using k8s.Models;
using Nacelle.Kubelet.Cri;
using Runtime.V1;

namespace Nacelle.Kubelet.PodWorkers;

/// <summary>Reads from their labels which Pods the runtime holds.</summary>
internal static class Orphans
{
    /// <summary>One Pod for each UID, with as much as its labels and annotations say: enough to end it, not to run it.</summary>
    public static async Task<IReadOnlyList<V1Pod>> FindAsync(CriClient cri, CancellationToken cancellationToken)
    {
        var sandboxes = await cri.Runtime.ListPodSandboxAsync(new ListPodSandboxRequest(), cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        var containers = await cri.Runtime.ListContainersAsync(new ListContainersRequest(), cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        return [.. sandboxes.Items.Select(s => FromLabels(s.Labels, s.Annotations))
            .Concat(containers.Containers.Select(c => FromLabels(c.Labels, c.Annotations)))
            .OfType<V1Pod>().DistinctBy(p => p.Metadata.Uid)];
    }

    /// <summary>Null when it was not made by a kubelet.</summary>
    internal static V1Pod? FromLabels(IDictionary<string, string> labels, IDictionary<string, string> annotations)
    {
        if (!labels.TryGetValue(CriLabels.PodUid, out var uid) || !labels.TryGetValue(CriLabels.PodName, out var name)
            || !labels.TryGetValue(CriLabels.PodNamespace, out var ns))
        {
            return null;
        }

        long? grace = annotations.TryGetValue(CriLabels.TerminationGracePeriod, out var text)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
        return new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = ns, Uid = uid },
            Spec = new V1PodSpec { Containers = [], TerminationGracePeriodSeconds = grace },
        };
    }
}
