using System.Text.Json.Nodes;

namespace Nacelle.EndToEndTests.Rig;

/// <summary>Reads of a Pod's status, through kubectl.</summary>
public static class Pod
{
    /// <summary>What must not change while a Pod is left alone: its address, and each container's id, start and restarts.</summary>
    public static async Task<string> StateAsync(Kubectl kubectl, string name, CancellationToken cancellationToken)
    {
        var status = (await kubectl.GetAsync($"pod {name}", cancellationToken))["status"]!;
        var containers = status["containerStatuses"]!.AsArray()
            .Select(container => $"{container!["name"]} {container["containerID"]} {container["restartCount"]} {container["state"]!.ToJsonString()}");
        return $"{status["podIP"]} {status["startTime"]}\n{string.Join('\n', containers)}";
    }

    /// <summary>The reason and message that a container waits with; empty while it does not wait.</summary>
    public static async Task<string> WaitingAsync(Kubectl kubectl, string name, CancellationToken cancellationToken)
    {
        var status = (await kubectl.GetAsync($"pod {name}", cancellationToken))["status"];
        var waiting = status?["containerStatuses"]?.AsArray().FirstOrDefault()?["state"]?["waiting"];
        return waiting is JsonObject ? $"{waiting["reason"]}: {waiting["message"]}" : "";
    }

    /// <summary>The Pod's events, oldest first, as <c>type reason message</c>.</summary>
    public static async Task<IReadOnlyList<string>> EventsAsync(Kubectl kubectl, string name, CancellationToken cancellationToken)
    {
        var list = await kubectl.GetAsync($"events --field-selector involvedObject.name={name} --sort-by=.metadata.creationTimestamp", cancellationToken);
        return [.. list["items"]!.AsArray().Select(item => $"{item!["type"]} {item["reason"]} {item["message"]}")];
    }
}
