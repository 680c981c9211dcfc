using System.Collections.Immutable;
using Grpc.Core;
using k8s.Models;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.Events;
using Nacelle.Kubelet.PodWorkers;
using Nacelle.Kubelet.Status;
using Nacelle.Kubernetes.Entrypoints;
using Runtime.V1;

namespace Nacelle.Kubelet.Containers;

/// <summary>Makes sure that a container's image is there, by its pull policy, with the events of a kubelet.</summary>
public sealed class ImagePuller(CriClient cri, EventRecorder events, CrashBackoff backoff, TimeProvider time)
{
    /// <exception cref="ContainerStartException">
    /// InvalidImageName, ImageInspectError, ErrImageNeverPull, ErrImagePull or, until the back-off is over, ImagePullBackOff.
    /// </exception>
    public async Task<PulledImage> EnsureAsync(
        V1Pod pod, V1Container container, RegistryCredentials credentials, PodSandboxConfig sandbox, ImageErrors errors,
        CancellationToken cancellationToken)
    {
        var asked = container.Image;
        if (ImageReference.WithDefaultTag(asked) is not { } image)
        {
            var text = EventTexts.InvalidImage(asked);
            events.Record(pod, container.Name, true, EventReasons.InspectFailed, text);
            throw Failure(pod, container, "InvalidImageName", text);
        }

        var policy = container.ImagePullPolicy ?? ImageReference.DefaultPolicy(asked);
        var present = await FindAsync(pod, container, image, cancellationToken).ConfigureAwait(false);
        if (present is not null && policy != "Always")
        {
            events.Record(pod, container.Name, false, EventReasons.Pulled, EventTexts.AlreadyPresent(asked));
            return present;
        }

        if (policy == "Never")
        {
            var text = EventTexts.NeverPull(asked);
            events.Record(pod, container.Name, true, EventReasons.ErrImageNeverPull, text);
            throw Failure(pod, container, "ErrImageNeverPull", text);
        }

        return await PullAsync(pod, container, image, credentials.For(image), sandbox, errors, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The Pod is gone: its back-offs are no longer needed.</summary>
    public void Forget(string podUid) => backoff.Forget(podUid + "/");

    private async Task<PulledImage> PullAsync(
        V1Pod pod, V1Container container, string image, ImmutableArray<AuthConfig> credentials, PodSandboxConfig sandbox,
        ImageErrors errors, CancellationToken cancellationToken)
    {
        var key = $"{pod.Metadata.Uid}/image/{container.Image}";
        if (errors.Find(container.Image) is { } last && backoff.Remaining(key, last.At) is var remaining && remaining > TimeSpan.Zero)
        {
            var text = EventTexts.BackOffPull(container.Image);
            events.Record(pod, container.Name, false, EventReasons.BackOff, text);
            events.Record(pod, container.Name, true, EventReasons.Failed, EventTexts.Error("ImagePullBackOff"));
            throw new ContainerStartException(new WaitingReason("ImagePullBackOff", $"{text}: ErrImagePull: {last.Message}"))
            {
                RetryAfter = remaining,
            };
        }

        events.Record(pod, container.Name, false, EventReasons.Pulling, EventTexts.Pulling(container.Image));
        var started = time.GetTimestamp();
        try
        {
            await PullOnceAsync(image, credentials, sandbox, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException e) when (!cancellationToken.IsCancellationRequested)
        {
            var error = e.Describe();
            events.Record(pod, container.Name, true, EventReasons.Failed, EventTexts.PullFailed(container.Image, error));
            events.Record(pod, container.Name, true, EventReasons.Failed, EventTexts.Error("ErrImagePull"));
            var now = time.GetUtcNow();
            backoff.Next(key, now);
            errors.Set(container.Image, error, now);

            // The next look, soon after, finds the back-off and shows it, as users know it.
            throw new ContainerStartException(new WaitingReason("ErrImagePull", error)) { RetryAfter = TimeSpan.FromSeconds(1) };
        }

        errors.Clear(container.Image);
        var elapsed = time.GetElapsedTime(started);
        var status = await StatusAsync(pod, container, image, cancellationToken).ConfigureAwait(false);
        if (status.Image is null)
        {
            throw Failure(pod, container, "ErrImagePull", $"the runtime does not find {image} after it was pulled");
        }

        events.Record(pod, container.Name, false, EventReasons.Pulled, EventTexts.Pulled(container.Image, elapsed, elapsed, status.Image.Size));
        return Convert(status);
    }

    /// <summary>Each credential that fits is tried in turn; without any, the pull is anonymous.</summary>
    private async Task PullOnceAsync(
        string image, ImmutableArray<AuthConfig> credentials, PodSandboxConfig sandbox, CancellationToken cancellationToken)
    {
        var tries = credentials.IsEmpty ? [null] : credentials.Cast<AuthConfig?>().ToArray();
        for (var i = 0; ; i++)
        {
            try
            {
                await cri.Images.PullImageAsync(
                    new PullImageRequest { Image = new ImageSpec { Image = image }, Auth = tries[i], SandboxConfig = sandbox },
                    cancellationToken: cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (RpcException) when (i + 1 < tries.Length && !cancellationToken.IsCancellationRequested)
            {
                // The next credential may fit.
            }
        }
    }

    private async Task<PulledImage?> FindAsync(V1Pod pod, V1Container container, string image, CancellationToken cancellationToken)
    {
        try
        {
            return await StatusAsync(pod, container, image, cancellationToken).ConfigureAwait(false) is { Image: not null } found ? Convert(found) : null;
        }
        catch (RpcException e) when (!cancellationToken.IsCancellationRequested)
        {
            var text = EventTexts.InspectFailed(container.Image, e.Describe());
            events.Record(pod, container.Name, true, EventReasons.InspectFailed, text);
            throw Failure(pod, container, "ImageInspectError", text);
        }
    }

    /// <summary>The configuration is asked for only where the entrypoint may mind that it is not PID 1.</summary>
    private async Task<ImageStatusResponse> StatusAsync(V1Pod pod, V1Container container, string image, CancellationToken cancellationToken) =>
        await cri.Images.ImageStatusAsync(
            new ImageStatusRequest { Image = new ImageSpec { Image = image }, Verbose = EntrypointNotice.MayConcern(pod, container.Name) },
            cancellationToken: cancellationToken).ConfigureAwait(false);

    private static PulledImage Convert(ImageStatusResponse status) => new(
        status.Image.Id, status.Image.Uid?.Value, status.Image.Username,
        status.Info.TryGetValue("info", out var info) ? ImageConfiguration.FromInfo(info) : null);

    private ContainerStartException Failure(V1Pod pod, V1Container container, string reason, string message)
    {
        events.Record(pod, container.Name, true, EventReasons.Failed, EventTexts.Error(reason));
        return new ContainerStartException(new WaitingReason(reason, message)) { RetryAfter = TimeSpan.FromSeconds(10) };
    }
}
