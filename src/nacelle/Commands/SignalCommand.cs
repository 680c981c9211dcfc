using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

using Nacelle.Kubernetes.Inspection;
using Nacelle.Linux.Processes;

namespace Nacelle.Commands;

/// <summary>
/// Sends a signal to a process of a Pod: without a shell, a capability or a user of the container's own. The process is found first and named by its UID
/// then, so that another one that got its PID meanwhile is not signalled.
/// </summary>
internal static class SignalCommand
{
    public static Command Create(CommonOptions options)
    {
        var pod = new Argument<string>("POD") { Description = "The Pod." };
        var signal = new Argument<string>("SIGNAL") { Description = "A name (HUP, SIGTERM, RTMIN+1) or a number." };
        var container = new Option<string?>("--container", "-c") { HelpName = "NAME", Description = "The container whose first process is meant; not needed where the Pod has one." };
        var process = new Option<string?>("--process") { HelpName = "NAME-OR-PID", Description = "Another process: its name (POD:CONTAINER:PID), or its PID as the container sees it." };
        var forceSandbox = new Option<bool>("--force-sandbox") { Description = "Signal the sandbox's own process (/pause), whatever comes of it." };
        var command = new CommandWithExamples(
            "signal",
            "Send a signal to a process of a Pod.",
            "nacelle signal nginx -c nginx HUP",
            "nacelle signal nginx -c nginx --process 29 QUIT",
            "nacelle signal web --process web:app:12 RTMIN+1",
            "nacelle signal nginx --force-sandbox TERM")
        {
            pod, signal, container, process, forceSandbox, options.Namespace, options.RunDirectory,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            options.Read(result),
            new Request(
                result.GetValue(pod)!, result.GetValue(signal)!, result.GetValue(container), result.GetValue(process), result.GetValue(forceSandbox),
                result.GetValue(options.Namespace)!),
            cancellationToken));
        return command;
    }

    private sealed record Request(string Pod, string Signal, string? Container, string? Process, bool ForceSandbox, string Namespace);

    private static async Task<int> RunAsync(Configuration configuration, Request request, CancellationToken cancellationToken)
    {
        if (!SignalNames.TryParse(request.Signal, out _))
        {
            throw new UsageException($"signal: \"{request.Signal}\" is no signal; a name (HUP, SIGTERM, RTMIN+1) or a number from 1 to 64 is expected");
        }

        if (request is { ForceSandbox: true, Container: not null } or { ForceSandbox: true, Process: not null })
        {
            throw new UsageException("signal: --force-sandbox names the process; neither --container nor --process goes with it");
        }

        return await LocalApi.AskAsync("signal", configuration, async api =>
        {
            var root = $"/apis/{InspectGroup.ApiVersion}/namespaces/{Uri.EscapeDataString(request.Namespace)}/processes";
            var list = await api.GetJsonAsync($"{root}?fieldSelector={Uri.EscapeDataString("status.podName=" + request.Pod)}", cancellationToken);
            var target = Choose(request, [.. list.GetProperty("items").EnumerateArray()]);
            var metadata = target.GetProperty("metadata");
            var answer = await api.PostJsonAsync(
                $"{root}/{Uri.EscapeDataString(metadata.GetProperty("name").GetString()!)}/signal",
                new JsonObject
                {
                    ["apiVersion"] = InspectGroup.ApiVersion,
                    ["kind"] = InspectGroup.SignalKind,
                    ["spec"] = new JsonObject
                    {
                        ["signal"] = request.Signal,
                        ["processUID"] = metadata.GetProperty("uid").GetString(),
                        ["forceSandbox"] = request.ForceSandbox,
                    },
                },
                cancellationToken);
            return answer.GetProperty("status").TryGetProperty("message", out var message)
                ? throw new CommandException($"signal: {message.GetString()}")
                : ExitCode.Done;
        });
    }

    private static JsonElement Choose(Request request, JsonElement[] processes)
    {
        if (processes.Length == 0)
        {
            throw new CommandException($"signal: pod \"{request.Pod}\" in namespace \"{request.Namespace}\" has no process here: it does not exist or does not run");
        }

        JsonElement[] found;
        if (request.ForceSandbox)
        {
            found = [.. processes.Where(p => Text(p, "origin") == "Sandbox")];
        }
        else if (request.Process is { } name)
        {
            found = [.. processes.Where(p => p.GetProperty("metadata").GetProperty("name").GetString() == name
                || (Text(p, "pid") == name && (request.Container is null || Text(p, "containerName") == request.Container)))];

            // Where the Pod does not share, the sandbox has a namespace of its own and a process of every number there that a container has: PID 1.
            found = found.Length > 1 ? [.. found.Where(p => Text(p, "origin") != "Sandbox")] : found;
        }
        else
        {
            found = [.. processes.Where(p => Text(p, "mainProcess") == "True" && Text(p, "origin") != "Sandbox"
                && (request.Container is null || Text(p, "containerName") == request.Container))];
        }

        return found switch
        {
            [var only] => only,
            [] => throw new CommandException($"signal: pod \"{request.Pod}\" has no such process; its containers with processes: {Containers(processes)}"),
            _ => throw new CommandException($"signal: more than one process is meant; name the container with -c: {Containers(found)}"),
        };
    }

    private static string Containers(JsonElement[] processes) =>
        string.Join(", ", processes.Select(p => Text(p, "containerName")).Where(n => n.Length > 0).Distinct());

    private static string Text(JsonElement process, string field) =>
        process.GetProperty("status").TryGetProperty(field, out var value) ? value.ToString() : "";
}
