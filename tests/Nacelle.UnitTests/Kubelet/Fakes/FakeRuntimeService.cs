using Google.Protobuf;
using Google.Protobuf.Collections;
using Grpc.Core;
using Runtime.V1;

namespace Nacelle.UnitTests.Kubelet.Fakes;

internal sealed class FakeRuntimeService(FakeRuntimeState state) : RuntimeService.RuntimeServiceBase
{
    public override Task<VersionResponse> Version(VersionRequest request, ServerCallContext context) =>
        Task.FromResult(new VersionResponse { RuntimeName = "fake", RuntimeVersion = "1", RuntimeApiVersion = "v1" });

    public override Task<StatusResponse> Status(StatusRequest request, ServerCallContext context) =>
        Task.FromResult(new StatusResponse { Status = new RuntimeStatus() });

    public override Task<RunPodSandboxResponse> RunPodSandbox(RunPodSandboxRequest request, ServerCallContext context)
    {
        Note("RunPodSandbox");
        var id = state.NewId("s");
        state.Sandboxes[id] = new PodSandboxStatus
        {
            Id = id,
            Metadata = request.Config.Metadata,
            State = PodSandboxState.SandboxReady,
            CreatedAt = FakeRuntimeState.Now,
            Labels = { request.Config.Labels },
            Annotations = { request.Config.Annotations },
            Network = new PodSandboxNetworkStatus { Ip = "10.1.1.1" },
        };
        return Task.FromResult(new RunPodSandboxResponse { PodSandboxId = id });
    }

    public override Task<PodSandboxStatusResponse> PodSandboxStatus(PodSandboxStatusRequest request, ServerCallContext context) =>
        state.Sandboxes.TryGetValue(request.PodSandboxId, out var status)
            ? Task.FromResult(new PodSandboxStatusResponse { Status = status, Info = { Info(request.PodSandboxId) } })
            : throw new RpcException(new global::Grpc.Core.Status(StatusCode.NotFound, "no such sandbox"));

    public override Task<ListPodSandboxResponse> ListPodSandbox(ListPodSandboxRequest request, ServerCallContext context) =>
        Task.FromResult(new ListPodSandboxResponse
        {
            Items =
            {
                state.Sandboxes.Values.Where(s => Matches(s.Labels, request.Filter?.LabelSelector)).Select(s => new PodSandbox
                {
                    Id = s.Id, Metadata = s.Metadata, State = s.State, CreatedAt = s.CreatedAt, Labels = { s.Labels }, Annotations = { s.Annotations },
                }),
            },
        });

    public override Task<StopPodSandboxResponse> StopPodSandbox(StopPodSandboxRequest request, ServerCallContext context)
    {
        Note("StopPodSandbox");
        state.Sandboxes[request.PodSandboxId].State = PodSandboxState.SandboxNotready;
        return Task.FromResult(new StopPodSandboxResponse());
    }

    public override Task<RemovePodSandboxResponse> RemovePodSandbox(RemovePodSandboxRequest request, ServerCallContext context)
    {
        Note("RemovePodSandbox");
        state.Sandboxes.TryRemove(request.PodSandboxId, out _);
        return Task.FromResult(new RemovePodSandboxResponse());
    }

    public override Task<CreateContainerResponse> CreateContainer(CreateContainerRequest request, ServerCallContext context)
    {
        Note($"CreateContainer {request.Config.Metadata.Name}");
        state.Configs.Enqueue(request.Config);
        var id = state.NewId("c");
        state.SandboxOf[id] = request.PodSandboxId;
        state.Containers[id] = new ContainerStatus
        {
            Id = id,
            Metadata = request.Config.Metadata,
            State = ContainerState.ContainerCreated,
            CreatedAt = FakeRuntimeState.Now,
            Image = request.Config.Image,
            ImageRef = "busybox@sha256:1",
            Labels = { request.Config.Labels },
            Annotations = { request.Config.Annotations },
            Mounts = { request.Config.Mounts },
            LogPath = Path.Combine(request.SandboxConfig.LogDirectory, request.Config.LogPath),
        };
        return Task.FromResult(new CreateContainerResponse { ContainerId = id });
    }

    public override Task<StartContainerResponse> StartContainer(StartContainerRequest request, ServerCallContext context)
    {
        try
        {
            Note($"StartContainer {state.Containers[request.ContainerId].Metadata.Name}");
        }
        catch (RpcException)
        {
            FakeRuntimeState.End(state.Containers[request.ContainerId], 128);
            state.Containers[request.ContainerId].Reason = "StartError";
            throw;
        }

        state.Containers[request.ContainerId].State = ContainerState.ContainerRunning;
        state.Containers[request.ContainerId].StartedAt = FakeRuntimeState.Now;
        return Task.FromResult(new StartContainerResponse());
    }

    public override async Task<StopContainerResponse> StopContainer(StopContainerRequest request, ServerCallContext context)
    {
        Note($"StopContainer {state.Containers[request.ContainerId].Metadata.Name} {request.Timeout}");
        if (state.StopGate is { } gate)
        {
            await gate.Task.WaitAsync(context.CancellationToken);
        }

        FakeRuntimeState.End(state.Containers[request.ContainerId], 0);
        return new StopContainerResponse();
    }

    public override Task<RemoveContainerResponse> RemoveContainer(RemoveContainerRequest request, ServerCallContext context)
    {
        state.Containers.TryRemove(request.ContainerId, out _);
        return Task.FromResult(new RemoveContainerResponse());
    }

    public override Task<ListContainersResponse> ListContainers(ListContainersRequest request, ServerCallContext context) =>
        Task.FromResult(new ListContainersResponse
        {
            Containers =
            {
                state.Containers.Values.Where(c => Matches(c.Labels, request.Filter?.LabelSelector)).Select(c => new Container
                {
                    Id = c.Id, PodSandboxId = state.SandboxOf[c.Id], Metadata = c.Metadata, State = c.State, CreatedAt = c.CreatedAt,
                    Labels = { c.Labels }, Annotations = { c.Annotations },
                }),
            },
        });

    public override Task<ContainerStatusResponse> ContainerStatus(ContainerStatusRequest request, ServerCallContext context) =>
        state.Containers.TryGetValue(request.ContainerId, out var status)
            ? Task.FromResult(new ContainerStatusResponse { Status = status, Info = { Info(request.ContainerId) } })
            : throw new RpcException(new global::Grpc.Core.Status(StatusCode.NotFound, "no such container"));

    public override Task<ExecSyncResponse> ExecSync(ExecSyncRequest request, ServerCallContext context)
    {
        Note($"ExecSync {request.Cmd[0]}");
        var code = state.ExitCodes.GetValueOrDefault(request.Cmd[0]);
        return Task.FromResult(new ExecSyncResponse { ExitCode = code, Stdout = ByteString.CopyFromUtf8(code == 0 ? "" : "no") });
    }

    private Dictionary<string, string> Info(string id) =>
        state.Info.TryGetValue(id, out var info) ? new Dictionary<string, string> { [info.Key] = info.Value } : [];

    private static bool Matches(MapField<string, string> labels, MapField<string, string>? selector) =>
        selector is null || selector.All(s => labels.TryGetValue(s.Key, out var value) && value == s.Value);

    private void Note(string call)
    {
        state.Calls.Enqueue(call);
        if (state.Failures.TryRemove(call.Split(' ')[0], out var error))
        {
            throw new RpcException(new global::Grpc.Core.Status(StatusCode.Unknown, error));
        }
    }
}
