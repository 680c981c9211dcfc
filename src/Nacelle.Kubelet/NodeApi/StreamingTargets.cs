using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.PodWorkers;

namespace Nacelle.Kubelet.NodeApi;

/// <summary>Finds the container or sandbox that a stream is for.</summary>
internal sealed class StreamingTargets(PodWorkerPool pods, RuntimeReader reader)
{
    /// <summary>A container must run; a sandbox must be ready.</summary>
    public async ValueTask<StreamingTarget> FindAsync(string ns, string name, string? uid, string? container, CancellationToken cancellationToken)
    {
        var pod = pods.Find(ns, name);
        if (pod is null || (uid is { Length: > 0 } && pod.Metadata.Uid != uid))
        {
            return StreamingTarget.NoPod;
        }

        var runtime = await reader.ReadAsync(pod.Metadata.Uid, cancellationToken).ConfigureAwait(false);
        var id = container is null
            ? runtime.Sandboxes.FirstOrDefault(s => s.Ready)?.Id
            : runtime.Find(container) is { Running: true } found ? found.Id : null;
        return new StreamingTarget(true, id);
    }
}
