using System.Globalization;
using Microsoft.AspNetCore.Http;
using Nacelle.Inspect.Processes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Inspection;
using Nacelle.Linux.Processes;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>
/// <c>DELETE</c> of a process: TERM, the grace period (the Pod's unless one is asked for), KILL; with a grace period of 0 KILL at once. The answer comes
/// when the first signal was sent; whoever wants to know when the process is gone watches it, as kubectl does.
/// </summary>
internal static class ProcessDeleteEndpoint
{
    private const long DefaultGrace = 30;
    private const long LongestGrace = 24 * 60 * 60;

    public static async Task HandleAsync(InspectRequest request)
    {
        var body = await RequestDocument.ReadAsync(request.Http.Request, request.Aborted).ConfigureAwait(false);
        var options = DeleteOptions.Read(request.Http.Request.Query, body);
        var process = await ProcessListEndpoint.FindAsync(request).ConfigureAwait(false);
        CheckPreconditions(request, process, options);
        SandboxGuard.Check(request, process, forced: false);
        var grace = Grace(request, process, options.GracePeriodSeconds);
        if (!options.DryRun)
        {
            End(request, process, grace);
        }

        await InspectEndpoints.WriteAsync(request.Http, StatusCodes.Status200OK, new ApiStatus
        {
            Code = StatusCodes.Status200OK,
            Status = "Success",
            Details = new StatusDetails { Group = InspectGroup.Name, Kind = InspectGroup.Processes, Name = process.Value.Name, Uid = process.Value.Uid },
        }.ToJson()).ConfigureAwait(false);
    }

    private static void End(InspectRequest request, IndexedProcess process, TimeSpan grace)
    {
        var target = SignalTarget.TryOpen(process.Value.Process.HostPid, process.Value.Process.StartTicks) ?? throw Ended(process);
        var signal = grace == TimeSpan.Zero ? Signal.Kill : Signal.Terminate;
        if (!target.Send(signal))
        {
            target.Dispose();
            throw Ended(process);
        }

        // The request and what belongs to it are gone when the grace period is over.
        var (services, user) = (request.Services, request.User);
        ProcessEvents.Signalled(services, user, process, signal);
        if (signal == Signal.Kill)
        {
            target.Dispose();
        }
        else
        {
            services.Kills.Add(ProcessEvents.KillOrder(services, user, process, services.Time.GetUtcNow() + grace), target);
        }
    }

    private static TimeSpan Grace(InspectRequest request, IndexedProcess process, long? asked)
    {
        var pod = request.Services.Pods.FindByUid(process.Value.Container.Pod.Uid);
        var seconds = asked ?? pod?.Spec.TerminationGracePeriodSeconds ?? DefaultGrace;

        // As for Pods: a negative one means one second.
        return TimeSpan.FromSeconds(seconds < 0 ? 1 : Math.Min(seconds, LongestGrace));
    }

    private static void CheckPreconditions(InspectRequest request, IndexedProcess process, DeleteOptions options)
    {
        if (options.Uid is { } uid && uid != process.Value.Uid)
        {
            throw ApiStatusException.Conflict(InspectGroup.Name, InspectGroup.Processes, request.Name,
                $"the UID in the precondition ({uid}) does not match the UID in record ({process.Value.Uid}). The object might have been deleted and then recreated");
        }

        var revision = process.Revision.ToString(CultureInfo.InvariantCulture);
        if (options.ResourceVersion is { } version && version != revision)
        {
            throw ApiStatusException.Conflict(InspectGroup.Name, InspectGroup.Processes, request.Name,
                $"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record ({revision}). The object might have been modified");
        }
    }

    internal static ApiStatusException Ended(IndexedProcess process) => process.Value.Process.State == ProcessState.Zombie
        ? ApiStatusException.Conflict(InspectGroup.Name, InspectGroup.Processes, process.Value.Name,
            $"it has ended already and waits for its parent, process {process.Value.ParentPid}, to ask how; no signal reaches it")
        : ApiStatusException.NotFound(InspectGroup.Name, InspectGroup.Processes, process.Value.Name);
}
