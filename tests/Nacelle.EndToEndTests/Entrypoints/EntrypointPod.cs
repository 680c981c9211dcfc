using System.Text.Json.Nodes;
using Nacelle.EndToEndTests.Rig;

namespace Nacelle.EndToEndTests.Entrypoints;

/// <summary>A Pod of one container that runs an image of <c>images/entrypoints.sh</c> (or runit's) as it is.</summary>
internal static class EntrypointPod
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);

    /// <param name="namespaceField">One line of the Pod's spec.</param>
    public static string Manifest(string image, string namespaceField) => $$"""
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: {{image}}}
        spec:
          {{namespaceField}}
          restartPolicy: Never
          terminationGracePeriodSeconds: 1
          containers:
          - {name: main, image: nacelle/{{image}}, imagePullPolicy: IfNotPresent}

        """;

    /// <summary>Waits until the container has ended or, where that is not expected, runs and has written <paramref name="words"/>; returns its state.</summary>
    public static Task<JsonObject> StateAsync(Kubectl kubectl, string image, bool ends, string words, CancellationToken cancellationToken) => Eventually.GetAsync(
        async token =>
        {
            var state = (await kubectl.GetAsync($"pod {image}", token))["status"]?["containerStatuses"]?[0]?["state"]?.AsObject() ?? [];
            return state.ContainsKey("terminated") || (!ends && state.ContainsKey("running") && (await LogAsync(kubectl, image, token)).Contains(words, StringComparison.Ordinal))
                ? state
                : new JsonObject { ["waiting"] = state.ToJsonString() };
        },
        state => !state.ContainsKey("waiting"),
        ends ? $"the end of {image}" : $"{image} running with \"{words}\" in its log",
        StartTime,
        cancellationToken);

    public static Task<string> LogAsync(Kubectl kubectl, string image, CancellationToken cancellationToken) =>
        kubectl.RunAsync($"logs {image}", cancellationToken);

    /// <summary>The names of the Pods that run now, in alphabetical order.</summary>
    public static async Task<IReadOnlyList<string>> RunningAsync(Kubectl kubectl, CancellationToken cancellationToken) =>
    [
        .. (await kubectl.GetAsync("pods", cancellationToken))["items"]!.AsArray()
            .Where(pod => (string?)pod!["status"]!["phase"] == "Running")
            .Select(pod => (string)pod!["metadata"]!["name"]!)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>What was said about entrypoints, as <c>type fieldPath message</c>; complete, for events come in order.</summary>
    /// <param name="containers">How many containers the Pod starts.</param>
    public static async Task<IReadOnlyList<string>> SaidAsync(Kubectl kubectl, string pod, CancellationToken cancellationToken, int containers = 1)
    {
        var events = await Eventually.GetAsync(
            async token => (await kubectl.GetAsync($"events --field-selector involvedObject.name={pod}", token))["items"]!.AsArray(),
            items => items.Count(item => (string?)item!["reason"] == "Started") == containers,
            $"the events of {pod}'s start",
            StartTime,
            cancellationToken);
        return
        [
            .. events.Where(item => (string?)item!["reason"] == "EntrypointNotPID1")
                .Select(item => $"{item!["type"]} {item["involvedObject"]!["fieldPath"]} {item["message"]}"),
        ];
    }
}
