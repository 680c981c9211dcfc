using Nacelle.EndToEndTests.Rig;

namespace Nacelle.EndToEndTests.Debugging;

/// <summary>The Pod that the tests of <c>kubectl debug</c> look at: two containers, of which <c>main</c> has a file of its own.</summary>
internal static class DebugPods
{
    public const string Name = "app";

    /// <param name="nacelle">Where to.</param>
    /// <param name="shared">Its <c>shareProcessNamespace</c>.</param>
    public static async Task ApplyAsync(NacelleInstance nacelle, bool shared, CancellationToken cancellationToken)
    {
        var manifest = $$"""
            apiVersion: v1
            kind: Pod
            metadata: {name: {{Name}}}
            spec:
              shareProcessNamespace: {{(shared ? "true" : "false")}}
              terminationGracePeriodSeconds: 1
              containers:
              - {name: main, image: busybox, imagePullPolicy: IfNotPresent, command: [sh, -c, 'echo of main >/etc/marker; exec sleep 7777']}
              - {name: other, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, '8888']}

            """;
        await nacelle.Kubectl.RunAsync("apply -f -", cancellationToken, manifest);
        await nacelle.Kubectl.RunAsync($"wait --for=condition=Ready pod/{Name} --timeout=60s", cancellationToken);
    }

    /// <summary>The state of an ephemeral container, as JSON; empty before there is one.</summary>
    public static async Task<string> StateAsync(NacelleInstance nacelle, string container, CancellationToken cancellationToken)
    {
        var status = (await nacelle.Kubectl.GetAsync($"pod {Name}", cancellationToken))["status"];
        return status?["ephemeralContainerStatuses"]?.AsArray().FirstOrDefault(c => (string?)c!["name"] == container)?["state"]?.ToJsonString() ?? "";
    }

    /// <summary>Waits until an ephemeral container has ended, with the exit code in its status.</summary>
    public static Task WaitForEndAsync(NacelleInstance nacelle, string container, int exitCode, CancellationToken cancellationToken) => Eventually.GetAsync(
        token => StateAsync(nacelle, container, token),
        state => state.Contains("\"terminated\"", StringComparison.Ordinal) && state.Contains($"\"exitCode\":{exitCode},", StringComparison.Ordinal),
        $"the ephemeral container {container} ended with {exitCode}",
        TimeSpan.FromSeconds(30),
        cancellationToken);
}
