using System.Net;
using k8s.Models;
using Nacelle.Kubelet.Containers;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubernetes.Client;

namespace Nacelle.Kubelet.PodWorkers;

/// <summary>
/// Ends a Pod: its containers with their grace, the sandbox, the last status; and, when the Pod was deleted, every trace of it on
/// this machine and then its API object. Each part may be repeated after a failure.
/// </summary>
internal sealed class PodEnding(PodServices services, PodMemory memory)
{
    /// <summary>Ends what runs. A token of <paramref name="graceChanged"/> that fires starts the wait anew with the new grace.</summary>
    public async Task StopAsync(Func<(V1Pod Pod, long GraceSeconds, CancellationToken GraceChanged)> current, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (pod, grace, changed) = current();
            var stopper = new ContainerStopper(services, memory, pod);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, changed);
            try
            {
                var runtime = await services.Reader.ReadAsync(pod.Metadata.Uid, either.Token).ConfigureAwait(false);
                await stopper.StopAllAsync(runtime, grace, either.Token).ConfigureAwait(false);
                await stopper.StopSandboxesAsync(runtime, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (changed.IsCancellationRequested && !cancellationToken.IsCancellationRequested
                && e is OperationCanceledException or Grpc.Core.RpcException { StatusCode: Grpc.Core.StatusCode.Cancelled })
            {
                // A shorter grace period came: ask again with it.
            }
        }
    }

    /// <summary>Publishes the status of the ended Pod; its containers stay for <c>kubectl logs</c>.</summary>
    public async Task<RuntimePod> PublishAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        var runtime = TerminationMessages.Fill(
            await services.Reader.ReadAsync(pod.Metadata.Uid, cancellationToken).ConfigureAwait(false));
        memory.Publish(services, pod, runtime, ended: true);
        return runtime;
    }

    /// <summary>Removes the Pod from this machine and, if <paramref name="inApi"/>, its object from the API.</summary>
    public async Task RemoveAsync(V1Pod pod, RuntimePod runtime, bool inApi, CancellationToken cancellationToken)
    {
        // The last status travels while the runtime cleans up; the object goes only after both.
        await new ContainerStopper(services, memory, pod).RemoveAllAsync(runtime, cancellationToken).ConfigureAwait(false);
        await services.Preparation.TearDownAsync(pod, cancellationToken).ConfigureAwait(false);
        if (inApi)
        {
            await memory.Publisher.DrainAsync(cancellationToken).ConfigureAwait(false);
            await DeleteAsync(pod, cancellationToken).ConfigureAwait(false);
        }

        RemoveLogs(pod);
        services.Backoff.Forget(pod.Metadata.Uid + "/");
        services.Images.Forget(pod.Metadata.Uid);
    }

    private async Task DeleteAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        try
        {
            await services.Api.DeleteAsync(
                ResourceKinds.Pods, pod.Metadata.NamespaceProperty, pod.Metadata.Name,
                new V1DeleteOptions
                {
                    ApiVersion = "v1",
                    Kind = "DeleteOptions",
                    GracePeriodSeconds = 0,
                    Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid },
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.Code is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            // Gone already, or the name belongs to a new Pod.
        }
    }

    private void RemoveLogs(V1Pod pod)
    {
        var directory = services.Paths.LogDirectory(pod);
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
