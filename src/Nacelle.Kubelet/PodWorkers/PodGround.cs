using System.Collections.Immutable;
using Grpc.Core;
using k8s.Models;
using Nacelle.Kubelet.Containers;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.Events;
using Nacelle.Kubelet.Status;
using Nacelle.Kubelet.Volumes;
using Runtime.V1;

namespace Nacelle.Kubelet.PodWorkers;

/// <summary>What a Pod's containers stand on: volumes, DNS, credentials and the sandbox, with the events of what goes wrong.</summary>
internal sealed class PodGround(PodServices services, PodMemory memory, V1Pod pod)
{
    private static readonly TimeSpan MaximumSandboxRetry = TimeSpan.FromSeconds(10);

    public async Task<IReadOnlyDictionary<string, string>> VolumesAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await memory.Trace.MeasureAsync("volumes", () => services.Preparation.VolumesAsync(pod, cancellationToken)).ConfigureAwait(false);
        }
        catch (UnsupportedVolumeException e)
        {
            if (memory.Told.Add(e.Field))
            {
                services.Events.Record(pod, null, true, EventReasons.FieldNotSupported, $"{e.Message}, the pod waits");
            }

            var why = new WaitingReason("FieldNotSupported", e.Message);
            pod.AllContainers().ToList().ForEach(c => memory.Waiting[c.Name] = why);
            memory.Publish(services, pod, RuntimePod.Empty, ended: false);
            throw new PodStartException(e.Message, e) { RetryAfter = TimeSpan.FromMinutes(5) };
        }
        catch (Exception e) when (e is VolumeException or IOException or UnauthorizedAccessException
            or Nacelle.Kubernetes.Client.ApiException or HttpRequestException)
        {
            services.Events.Record(pod, null, true, EventReasons.FailedMount, e.Message);
            throw new PodStartException(e.Message, e);
        }
    }

    /// <summary>A machine without a cluster's DNS is our normal case, so that its warning would say nothing.</summary>
    public DNSConfig Dns()
    {
        var outcome = services.Preparation.Dns(pod);
        foreach (var (reason, message) in outcome.Warnings.Where(w => w.Reason != "MissingClusterDNS" && memory.Told.Add(w.Message)))
        {
            services.Events.Record(pod, null, true, reason, message);
        }

        return outcome.Config;
    }

    public async Task<RegistryCredentials> CredentialsAsync(CancellationToken cancellationToken)
    {
        var (credentials, missing) = await services.Preparation.CredentialsAsync(pod, cancellationToken).ConfigureAwait(false);
        if (!missing.IsEmpty && memory.Told.Add("imagePullSecrets"))
        {
            services.Events.Record(
                pod, null, true, "FailedToRetrieveImagePullSecret",
                $"Unable to retrieve some image pull secrets ({string.Join(", ", missing)}); attempting to pull the image may not succeed.");
        }

        return credentials;
    }

    public async Task<(string Id, ImmutableArray<string> Addresses)> CreateSandboxAsync(
        PodSandboxConfig config, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await memory.Trace.MeasureAsync("sandbox", () => services.Cri.Runtime.RunPodSandboxAsync(
                new RunPodSandboxRequest { Config = config }, cancellationToken: cancellationToken).ResponseAsync).ConfigureAwait(false);
            var status = RuntimeReader.Convert(await services.Cri.Runtime.PodSandboxStatusAsync(
                new PodSandboxStatusRequest { PodSandboxId = answer.PodSandboxId }, cancellationToken: cancellationToken).ConfigureAwait(false));
            memory.SandboxFailures = 0;
            return (answer.PodSandboxId, status.Addresses);
        }
        catch (RpcException e) when (!cancellationToken.IsCancellationRequested)
        {
            var text = EventTexts.SandboxFailed(e.Describe());
            services.Events.Record(pod, null, true, EventReasons.FailedCreatePodSandBox, text);
            memory.SandboxFailures++;
            throw new PodStartException(text, e)
            {
                RetryAfter = TimeSpan.FromSeconds(Math.Min(MaximumSandboxRetry.TotalSeconds, Math.Pow(2, memory.SandboxFailures - 1))),
            };
        }
    }
}
