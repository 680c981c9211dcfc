using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Nacelle.Inspect.Processes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Inspection;
using Nacelle.Linux.Processes;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>
/// <c>POST</c> to a process's <c>signal</c>: sends one signal, to that process or to nobody. The answer says where the kernel drops it or the process
/// ignores it.
/// </summary>
internal static class ProcessSignalEndpoint
{
    public static async Task HandleAsync(InspectRequest request)
    {
        var body = await RequestDocument.ReadAsync(request.Http.Request, request.Aborted).ConfigureAwait(false)
            ?? throw ApiStatusException.BadRequest($"a {InspectGroup.SignalKind} is expected");
        CheckKind(body);
        var spec = RequestDocument.Child(body, "spec");
        var signal = ReadSignal(request, spec);
        var process = await ProcessListEndpoint.FindAsync(request).ConfigureAwait(false);
        if (RequestDocument.Text(spec, "processUID") is { Length: > 0 } uid && uid != process.Value.Uid)
        {
            throw ApiStatusException.Conflict(InspectGroup.Name, InspectGroup.Processes, request.Name,
                $"the process has another UID ({process.Value.Uid}) than the one to be signalled ({uid}), which has ended");
        }

        SandboxGuard.Check(request, process, RequestDocument.Flag(spec, "forceSandbox"));
        var message = Send(request, process, signal);
        await InspectEndpoints.WriteAsync(request.Http, StatusCodes.Status201Created, new JsonObject
        {
            ["kind"] = InspectGroup.SignalKind,
            ["apiVersion"] = InspectGroup.ApiVersion,
            ["metadata"] = new JsonObject { ["name"] = process.Value.Name, ["namespace"] = request.Namespace },
            ["spec"] = new JsonObject { ["signal"] = SignalNames.Format(signal), ["processUID"] = process.Value.Uid },
            ["status"] = message is null
                ? new JsonObject { ["delivered"] = true }
                : new JsonObject { ["delivered"] = false, ["message"] = message },
        }).ConfigureAwait(false);
    }

    /// <returns>Why nothing will come of it; null where the process takes the signal.</returns>
    private static string? Send(InspectRequest request, IndexedProcess process, Signal signal)
    {
        using var target = SignalTarget.TryOpen(process.Value.Process.HostPid, process.Value.Process.StartTicks)
            ?? throw ProcessDeleteEndpoint.Ended(process);
        var outlook = target.Foresee(signal);
        if (!target.Send(signal))
        {
            throw ProcessDeleteEndpoint.Ended(process);
        }

        ProcessEvents.Signalled(request.Services, request.User, process, signal);
        return outlook switch
        {
            SignalOutlook.Dropped => $"{process.Value.Name} is PID 1 of its namespace and has no handler for {SignalNames.Format(signal)}: the kernel drops the signal",
            SignalOutlook.Ignores => $"{process.Value.Name} ignores {SignalNames.Format(signal)}",
            _ => null,
        };
    }

    private static void CheckKind(JsonElement body)
    {
        var (kind, version) = (RequestDocument.Text(body, "kind"), RequestDocument.Text(body, "apiVersion"));
        if ((kind is not (null or InspectGroup.SignalKind)) || (version is not (null or InspectGroup.ApiVersion)))
        {
            throw ApiStatusException.BadRequest($"{InspectGroup.SignalKind} of {InspectGroup.ApiVersion} expected, got {kind} of {version}");
        }
    }

    private static Signal ReadSignal(InspectRequest request, JsonElement? spec)
    {
        var text = RequestDocument.Text(spec, "signal") ?? "";
        if (text.Length == 0)
        {
            throw Invalid(request, FieldError.Required("spec.signal", ""));
        }

        return SignalNames.TryParse(text, out var signal)
            ? signal
            : throw Invalid(request, FieldError.Invalid("spec.signal", text, "must be a signal's name (HUP, SIGTERM, RTMIN+1) or its number (1 to 64)"));
    }

    private static ApiStatusException Invalid(InspectRequest request, FieldError error) =>
        ApiStatusException.Invalid(InspectGroup.Name, InspectGroup.SignalKind, request.Name, [error]);
}
