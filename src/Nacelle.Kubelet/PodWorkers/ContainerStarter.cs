using System.Collections.Immutable;
using Grpc.Core;
using k8s.Models;
using Nacelle.Kubelet.Containers;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.Events;
using Nacelle.Kubelet.Probes;
using Nacelle.Kubelet.Status;
using Runtime.V1;

namespace Nacelle.Kubelet.PodWorkers;

/// <summary>Starts one container in a sandbox that is ready: image, configuration, create, start, with the events of each step.</summary>
internal sealed class ContainerStarter(PodServices services, PodMemory memory, V1Pod pod, RuntimePod runtime)
{
    private static readonly TimeSpan ConfigRetry = TimeSpan.FromSeconds(5);

    /// <summary>A postStart hook has no deadline in Kubernetes; one that hangs for an hour has failed.</summary>
    private static readonly TimeSpan HookLimit = TimeSpan.FromHours(1);

    /// <summary>Checks or pulls the image. Independent of the sandbox, so it may run beside its creation.</summary>
    public Task<PulledImage> ImageAsync(
        V1Container container, RegistryCredentials credentials, PodSandboxConfig sandbox, CancellationToken cancellationToken) =>
        memory.Trace.MeasureAsync(
            $"image({container.Name})",
            () => services.Images.EnsureAsync(pod, container, credentials, sandbox, memory.ImageErrors, cancellationToken));

    /// <summary>Creates the container; it does not run yet.</summary>
    /// <returns>The id of the container.</returns>
    /// <exception cref="ContainerStartException">CreateContainerConfigError or CreateContainerError.</exception>
    public async Task<string> CreateAsync(
        V1Container container, PulledImage image, string sandboxId, PodSandboxConfig sandbox, ImmutableArray<string> addresses,
        IReadOnlyDictionary<string, string> volumes, CancellationToken cancellationToken)
    {
        var previous = runtime.Find(container.Name);
        var restartCount = RestartCount(container.Name, previous);
        var config = await ConfigAsync(container, image, restartCount, addresses, volumes, sandbox.Hostname, cancellationToken).ConfigureAwait(false);
        if (previous is { State: ContainerState.ContainerCreated })
        {
            // Created but never started: its place is taken, and nothing is counted as a restart.
            await services.Cri.Runtime.RemoveContainerAsync(
                new RemoveContainerRequest { ContainerId = previous.Id }, cancellationToken: cancellationToken).ConfigureAwait(false);
        }

        if (previous is { Exited: true } || (previous is not null && memory.Killed.Contains(previous.Id)))
        {
            services.Backoff.Next(BackoffKey(pod, container), previous.FinishedAt ?? services.Time.GetUtcNow());
        }

        try
        {
            Directory.CreateDirectory(Path.Combine(services.Paths.LogDirectory(pod), container.Name));
            var answer = await memory.Trace.MeasureAsync($"create({container.Name})", () => services.Cri.Runtime.CreateContainerAsync(
                new CreateContainerRequest { PodSandboxId = sandboxId, Config = config, SandboxConfig = sandbox },
                cancellationToken: cancellationToken).ResponseAsync).ConfigureAwait(false);
            services.Events.Record(pod, container.Name, false, EventReasons.Created, EventTexts.ContainerCreated);

            // Where the last one never started this is another try of the same, and it was told.
            var again = previous is { StartedAt: null } && previous.Hash == ContainerHash.Of(container);
            if (!again && EntrypointNotice.Of(config, image.Configuration) is { } notice)
            {
                services.Events.Record(pod, container.Name, true, EventReasons.EntrypointNotPid1, notice);
            }

            return answer.ContainerId;
        }
        catch (RpcException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed(container, "CreateContainerError", e.Status.Detail);
        }
    }

    /// <exception cref="ContainerStartException">RunContainerError.</exception>
    public async Task StartAsync(V1Container container, string id, CancellationToken cancellationToken)
    {
        try
        {
            await memory.Trace.MeasureAsync($"start({container.Name})", () => services.Cri.Runtime.StartContainerAsync(
                new StartContainerRequest { ContainerId = id }, cancellationToken: cancellationToken).ResponseAsync).ConfigureAwait(false);
            services.Events.Record(pod, container.Name, false, EventReasons.Started, EventTexts.ContainerStarted);
        }
        catch (RpcException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed(container, "RunContainerError", e.Status.Detail);
        }

        if (TargetId(container) is { } target && Namespaces.Of(pod, target).Pid == NamespaceMode.Target)
        {
            await new TargetNamespace(services, pod).TellIgnoredAsync(container.Name, id, target, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs the postStart hook; a container whose hook fails is killed.</summary>
    /// <exception cref="ContainerStartException">PostStartHookError.</exception>
    public async Task PostStartAsync(V1Container container, string id, ImmutableArray<string> addresses, CancellationToken cancellationToken)
    {
        if (container.Lifecycle?.PostStart is not { } hook)
        {
            return;
        }

        var address = addresses.IsEmpty ? services.HostAddresses.FirstOrDefault() ?? "127.0.0.1" : addresses[0];
        var outcome = await services.Actions.RunHookAsync(
            hook, new ContainerTarget(container, id, address), HookLimit, cancellationToken).ConfigureAwait(false);
        if (!outcome.Success)
        {
            services.Events.Record(pod, container.Name, true, EventReasons.FailedPostStartHook, "PostStartHook failed");
            services.Events.Record(pod, container.Name, false, EventReasons.Killing, "FailedPostStartHook");
            await services.Cri.Runtime.StopContainerAsync(
                new StopContainerRequest { ContainerId = id, Timeout = pod.GraceSeconds() }, cancellationToken: cancellationToken).ConfigureAwait(false);
            throw new ContainerStartException(new WaitingReason("PostStartHookError", outcome.Output)) { RetryAfter = TimeSpan.FromSeconds(1) };
        }
    }

    public static string BackoffKey(V1Pod pod, V1Container container) =>
        $"{pod.Metadata.Uid}/container/{container.Name}/{ContainerHash.Of(container)}";

    private async Task<ContainerConfig> ConfigAsync(
        V1Container container, PulledImage image, int restartCount, ImmutableArray<string> addresses,
        IReadOnlyDictionary<string, string> volumes, string hostname, CancellationToken cancellationToken)
    {
        try
        {
            var inputs = await services.Preparation.InputsAsync(
                pod, container, volumes, addresses, hostname, cancellationToken).ConfigureAwait(false);
            return ContainerConfigs.Of(pod, container, image, inputs, restartCount, TerminationLog(container), TargetId(container));
        }
        catch (ContainerStartException e)
        {
            services.Events.Record(pod, container.Name, true, EventReasons.Failed, EventTexts.Error(e.Why.Message));
            throw;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Nacelle.Kubernetes.Client.ApiException or HttpRequestException)
        {
            throw Failed(container, "CreateContainerConfigError", e.Message);
        }
    }

    private int RestartCount(string name, RuntimeContainer? previous)
    {
        if (previous is not null)
        {
            return previous.State == ContainerState.ContainerCreated ? previous.RestartCount : previous.RestartCount + 1;
        }

        // The runtime no longer has it, but the API remembers that it ran: after a reboot a restart is counted.
        var status = memory.Publisher.Latest;
        var old = (status?.ContainerStatuses ?? []).Concat(status?.InitContainerStatuses ?? []).FirstOrDefault(c => c.Name == name);
        return old is null ? 0 : old.ContainerID is { Length: > 0 } || old.LastState?.Terminated is not null ? old.RestartCount + 1 : old.RestartCount;
    }

    private Mount? TerminationLog(V1Container container)
    {
        if (container.TerminationMessagePath is not { Length: > 0 } target)
        {
            return null;
        }

        var directory = services.Paths.ContainerDirectory(pod.Metadata.Uid, container.Name);
        Directory.CreateDirectory(directory);
        var file = Path.Combine(directory, Path.GetRandomFileName()[..8]);
        File.WriteAllBytes(file, []);

        // Any user of the container may leave its last words.
        File.SetUnixFileMode(
            file,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite);
        return new Mount { ContainerPath = target, HostPath = file };
    }

    private string? TargetId(V1Container container)
    {
        var target = pod.Spec.EphemeralContainers?.FirstOrDefault(c => c.Name == container.Name)?.TargetContainerName;
        if (string.IsNullOrEmpty(target))
        {
            return null;
        }

        // One that has ended, or does not run yet, the runtime refuses with words of its own.
        return runtime.Find(target) is { } found
            ? found.Id
            : throw new ContainerStartException(new WaitingReason("CreateContainerConfigError", $"unable to find target container {target}"))
            {
                RetryAfter = ConfigRetry,
            };
    }

    private ContainerStartException Failed(V1Container container, string reason, string message)
    {
        services.Events.Record(pod, container.Name, true, EventReasons.Failed, EventTexts.Error(message));
        return new ContainerStartException(new WaitingReason(reason, message))
        {
            RetryAfter = reason == "CreateContainerConfigError" ? ConfigRetry : TimeSpan.FromSeconds(10),
        };
    }
}
