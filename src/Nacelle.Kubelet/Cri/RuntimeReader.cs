using System.Collections.Immutable;
using System.Globalization;
using Grpc.Core;
using Runtime.V1;

namespace Nacelle.Kubelet.Cri;

/// <summary>Reads what the runtime holds, and turns it into our records.</summary>
public sealed class RuntimeReader(CriClient cri)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Everything of one Pod, read now.</summary>
    public async Task<RuntimePod> ReadAsync(string uid, CancellationToken cancellationToken)
    {
        var deadline = DateTime.UtcNow + Timeout;
        var sandboxes = cri.Runtime.ListPodSandboxAsync(
            new ListPodSandboxRequest { Filter = new PodSandboxFilter { LabelSelector = { [CriLabels.PodUid] = uid } } },
            deadline: deadline, cancellationToken: cancellationToken);
        var containers = cri.Runtime.ListContainersAsync(
            new ListContainersRequest { Filter = new ContainerFilter { LabelSelector = { [CriLabels.PodUid] = uid } } },
            deadline: deadline, cancellationToken: cancellationToken);
        var sandboxStatuses = (await sandboxes.ConfigureAwait(false)).Items
            .Select(s => SandboxAsync(s.Id, deadline, cancellationToken)).ToArray();
        var containerStatuses = (await containers.ConfigureAwait(false)).Containers
            .Select(c => ContainerAsync(c, deadline, cancellationToken)).ToArray();
        await Task.WhenAll([.. sandboxStatuses, .. containerStatuses]).ConfigureAwait(false);
        return new RuntimePod
        {
            Sandboxes = [.. sandboxStatuses.Select(t => t.Result).OfType<RuntimeSandbox>().OrderByDescending(s => s.CreatedAt)],
            Containers = [.. containerStatuses.Select(t => t.Result).OfType<RuntimeContainer>().OrderByDescending(c => c.CreatedAt)],
        };
    }

    /// <summary>One container with its verbose information, or null when it is gone.</summary>
    private async Task<RuntimeContainer?> ContainerAsync(Container listed, DateTime deadline, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await cri.Runtime.ContainerStatusAsync(
                new ContainerStatusRequest { ContainerId = listed.Id, Verbose = listed.State == ContainerState.ContainerExited },
                deadline: deadline, cancellationToken: cancellationToken).ConfigureAwait(false);
            return Convert(answer, listed.PodSandboxId);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }

    private async Task<RuntimeSandbox?> SandboxAsync(string id, DateTime deadline, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await cri.Runtime.PodSandboxStatusAsync(
                new PodSandboxStatusRequest { PodSandboxId = id, Verbose = true },
                deadline: deadline, cancellationToken: cancellationToken).ConfigureAwait(false);
            return Convert(answer);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }

    internal static RuntimeSandbox Convert(PodSandboxStatusResponse answer)
    {
        var status = answer.Status;
        var addresses = ImmutableArray.CreateBuilder<string>();
        if (status.Network is { Ip.Length: > 0 } network)
        {
            addresses.Add(network.Ip);
            addresses.AddRange(network.AdditionalIps.Select(a => a.Ip));
        }

        return new RuntimeSandbox
        {
            Id = status.Id,
            Attempt = status.Metadata?.Attempt ?? 0,
            Ready = status.State == PodSandboxState.SandboxReady,
            CreatedAt = Time(status.CreatedAt) ?? DateTimeOffset.UnixEpoch,
            Addresses = addresses.ToImmutable(),
            Network = status.Linux?.Namespaces?.Options?.Network ?? NamespaceMode.Pod,
            Info = answer.Info.ToImmutableDictionary(),
        };
    }

    internal static RuntimeContainer Convert(ContainerStatusResponse answer, string sandboxId)
    {
        var status = answer.Status;
        return new RuntimeContainer
        {
            Id = status.Id,
            Name = status.Labels.GetValueOrDefault(CriLabels.ContainerName) ?? status.Metadata?.Name ?? "",
            SandboxId = sandboxId,
            State = status.State,
            CreatedAt = Time(status.CreatedAt) ?? DateTimeOffset.UnixEpoch,
            StartedAt = Time(status.StartedAt),
            FinishedAt = Time(status.FinishedAt),
            ExitCode = status.ExitCode,
            Reason = status.Reason,
            Message = status.Message,
            Image = status.Image?.UserSpecifiedImage is { Length: > 0 } asked && status.Image.Image.StartsWith("sha256:", StringComparison.Ordinal)
                ? asked
                : status.Image?.Image ?? "",
            ImageRef = status.ImageRef,
            Hash = status.Annotations.GetValueOrDefault(CriLabels.ContainerHash) ?? "",
            RestartCount = int.TryParse(
                status.Annotations.GetValueOrDefault(CriLabels.RestartCount), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                ? count
                : (int)(status.Metadata?.Attempt ?? 0),
            LogPath = status.LogPath,
            User = status.User?.Linux,
            Mounts = [.. status.Mounts],
            TerminationMessagePath = status.Annotations.GetValueOrDefault(CriLabels.TerminationMessagePath) ?? "",
            TerminationMessagePolicy = status.Annotations.GetValueOrDefault(CriLabels.TerminationMessagePolicy) ?? "",
            Info = answer.Info.ToImmutableDictionary(),
        };
    }

    private static DateTimeOffset? Time(long nanoseconds) =>
        nanoseconds <= 0 ? null : DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100);
}
