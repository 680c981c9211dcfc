using System.Text.Json.Nodes;
using Nacelle.EndToEndTests.Rig;

namespace Nacelle.EndToEndTests.Inspect;

/// <summary>Pods whose processes are looked at, and what is asked of them.</summary>
internal static class ProcessPods
{
    /// <summary>A value that no answer, event or log may hold.</summary>
    public const string Secret = "s3cr3t-of-the-environment";

    /// <summary>The page's Pod with a secret; one that does not share; one in the host's namespace.</summary>
    public const string Three = $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: nginx, labels: {app: page} }
        spec:
          shareProcessNamespace: true
          terminationGracePeriodSeconds: 2
          containers:
          - name: nginx
            image: nginx
            imagePullPolicy: IfNotPresent
            env: [{name: PASSWORD, value: {{Secret}} }]
          - name: shell
            image: busybox
            imagePullPolicy: IfNotPresent
            securityContext: {capabilities: {add: [SYS_PTRACE]} }
            stdin: true
            tty: true
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: apart, labels: {app: apart} }
        spec:
          terminationGracePeriodSeconds: 2
          containers:
          - {name: one, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, "1111"], env: [{name: PASSWORD, value: {{Secret}} }]}
          - {name: two, image: busybox, imagePullPolicy: IfNotPresent, command: [sh, -c, "while :; do sleep 2222; done"]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: host, labels: {app: host} }
        spec:
          hostPID: true
          terminationGracePeriodSeconds: 2
          containers:
          - {name: app, image: busybox, imagePullPolicy: IfNotPresent, command: [sh, -c, "sleep 3333; true"]}
        """;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public static async Task ApplyAsync(NacelleInstance nacelle, string manifest, CancellationToken cancellationToken)
    {
        await nacelle.Kubectl.RunAsync("apply -f -", cancellationToken, manifest);
        await nacelle.Kubectl.RunAsync("wait --for=condition=Ready pods --all --timeout=60s", cancellationToken);
    }

    /// <summary>The processes that kubectl lists, by name.</summary>
    public static async Task<IReadOnlyDictionary<string, JsonNode>> ListAsync(Kubectl kubectl, CancellationToken cancellationToken, string words = "processes")
    {
        var list = await kubectl.GetAsync(words, cancellationToken);
        return list["items"]!.AsArray().ToDictionary(item => (string)item!["metadata"]!["name"]!, item => item!);
    }

    /// <summary>Waits until the list of processes is as it should be.</summary>
    public static Task<IReadOnlyDictionary<string, JsonNode>> UntilAsync(
        Kubectl kubectl, Predicate<IReadOnlyDictionary<string, JsonNode>> isRight, string awaited, CancellationToken cancellationToken) =>
        Eventually.GetAsync(token => ListAsync(kubectl, token), isRight, awaited, Deadline, cancellationToken);

    /// <summary>The one process of a container whose command is that; its name is not known beforehand.</summary>
    public static JsonNode Find(IReadOnlyDictionary<string, JsonNode> processes, string pod, string container, string command) => processes.Values.Single(p =>
        (string?)p["status"]!["podName"] == pod && ((string?)p["status"]!["containerName"] ?? "") == container
        && string.Join(' ', p["status"]!["command"]?.AsArray().Select(a => (string?)a) ?? []).StartsWith(command, StringComparison.Ordinal));

    public static string NameOf(JsonNode process) => (string)process["metadata"]!["name"]!;

    public static Task<CommandResult> SignalAsync(NacelleInstance nacelle, string words, CancellationToken cancellationToken) =>
        NacelleInstance.NacelleAsync(["signal", .. words.Split(' '), "--run-dir", nacelle.Layout.RunDirectory], cancellationToken);
}
