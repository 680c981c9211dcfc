using Grpc.Core;
using Runtime.V1;

namespace Nacelle.Runtime;

internal sealed partial class RuntimeService
{
    public override Task<ExecResponse> Exec(ExecRequest request, ServerCallContext context)
    {
        RequireRunning(request.ContainerId);
        return Task.FromResult(new ExecResponse { Url = Offer(() => streaming.GetExecUrl(request)) });
    }

    public override Task<AttachResponse> Attach(AttachRequest request, ServerCallContext context)
    {
        RequireRunning(request.ContainerId);
        return Task.FromResult(new AttachResponse { Url = Offer(() => streaming.GetAttachUrl(request)) });
    }

    public override Task<PortForwardResponse> PortForward(PortForwardRequest request, ServerCallContext context)
    {
        var sandbox = parts.Sandboxes.Find(request.PodSandboxId);
        if (!sandbox.IsReady)
        {
            throw new RuntimeException(FailureKind.FailedPrecondition, $"sandbox {sandbox.Id} is not running");
        }

        return Task.FromResult(new PortForwardResponse { Url = Offer(() => streaming.GetPortForwardUrl(request)) });
    }

    private static string Offer(Func<string> url)
    {
        try
        {
            return url();
        }
        catch (ArgumentException failure)
        {
            throw new RuntimeException(FailureKind.InvalidArgument, failure.Message, failure);
        }
    }

    private void RequireRunning(string containerId)
    {
        var container = parts.Containers.Find(containerId);
        if (container.Record.Phase != Containers.ContainerPhase.Running)
        {
            throw new RuntimeException(FailureKind.FailedPrecondition, $"container {container.Id} is not running");
        }
    }
}
