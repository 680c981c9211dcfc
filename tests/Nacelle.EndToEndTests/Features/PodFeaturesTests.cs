using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.Features;

/// <summary>What a manifest asks for is so inside the running container; each fact as the container itself sees it.</summary>
public sealed class PodFeaturesTests
{
    private const string HostPod = """
        apiVersion: v1
        kind: Pod
        metadata: {name: host}
        spec:
          hostNetwork: true
          hostIPC: true
          hostPID: true
          terminationGracePeriodSeconds: 1
          containers:
          - name: main
            image: busybox
            imagePullPolicy: IfNotPresent
            securityContext: {privileged: true}
            command: [sh, -c, "for name in net ipc pid; do readlink /proc/self/ns/$name; done; grep CapEff /proc/self/status; exec sleep 1000000"]
        """;

    private const string TerminatingPod = """
        apiVersion: v1
        kind: Pod
        metadata: {name: deaf}
        spec:
          terminationGracePeriodSeconds: 600
          containers:
          - name: main
            image: busybox
            imagePullPolicy: IfNotPresent
            command: [sh, -c, "trap 'echo heard TERM' TERM; while :; do sleep 1000000 & wait; done"]
        """;

    private static readonly string[] Namespaces = ["net", "ipc", "pid"];

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The same manifest and the same lines are compared on cgroup v2, in the virtual machine.</summary>
    [Fact]
    public Task Apply_PodThatUsesEverything_FindsItAllInside() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await nacelle.Kubectl.RunAsync("apply -f -", Cancellation, await SharedAsync("features.yaml"));

            var status = await Eventually.GetAsync(
                async token => (await nacelle.Kubectl.GetAsync("pod features", token))["status"]!,
                status => $"{status["phase"]}" is "Failed" or "Succeeded",
                "the end of the Pod",
                Deadline,
                Cancellation);

            Assert.Equal(await SharedAsync("features.expected"), await nacelle.Kubectl.RunAsync("logs features", Cancellation));
            Assert.Equal("Failed", $"{status["phase"]}");
            var ended = status["containerStatuses"]![0]!["state"]!["terminated"]!;
            Assert.Equal("3 Error all said\n", $"{ended["exitCode"]} {ended["reason"]} {ended["message"]}");
            Assert.All(status["initContainerStatuses"]!.AsArray(), init => Assert.Equal("Completed", $"{init!["state"]!["terminated"]!["reason"]}"));
        },
        Cancellation);

    [Fact]
    public Task Apply_PodInTheHostsNamespaces_SharesThemAndItsAddress() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await nacelle.Kubectl.RunAsync("apply -f -", Cancellation, HostPod);
            await nacelle.Kubectl.RunAsync("wait --for=condition=Ready pod/host --timeout=60s", Cancellation);

            var lines = (await nacelle.Kubectl.RunAsync("logs host", Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

            var own = Namespaces.Select(name => new FileInfo($"/proc/self/ns/{name}").LinkTarget!);
            // A privileged container has all that nacelle itself has.
            var capabilities = File.ReadLines($"/proc/{nacelle.Process.Pid}/status").First(line => line.StartsWith("CapEff:", StringComparison.Ordinal));
            Assert.Equal([.. own, capabilities], lines);
            var status = (await nacelle.Kubectl.GetAsync("pod host", Cancellation))["status"]!;
            Assert.Equal($"{status["hostIP"]}", $"{status["podIP"]}");
        },
        Cancellation);

    [Fact]
    public Task Apply_PullPolicies_AskTheRegistryOrNot() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            // The first finds no image; Always asks whether its image is still the one of that name.
            foreach (var (policy, pulls) in new[] { ("IfNotPresent", true), ("IfNotPresent", false), ("Never", false), ("Always", true) })
            {
                await nacelle.Kubectl.RunAsync("apply -f -", Cancellation, PullingPod(policy));
                await nacelle.Kubectl.RunAsync("wait --for=jsonpath={.status.phase}=Succeeded pod/pulls --timeout=60s", Cancellation);
                var events = await Eventually.GetAsync(
                    async token => string.Join('\n', await Pod.EventsAsync(nacelle.Kubectl, "pulls", token)),
                    text => text.Contains("Normal Started ", StringComparison.Ordinal),
                    "an event of the start",
                    Deadline,
                    Cancellation);
                Assert.Equal(pulls, events.Contains("Normal Pulling Pulling image \"busybox:1.36\"", StringComparison.Ordinal));
                Assert.Equal(!pulls, events.Contains("already present on machine", StringComparison.Ordinal));
                await nacelle.Kubectl.RunAsync("delete pod pulls", Cancellation);
                await nacelle.Kubectl.RunAsync("delete events --all", Cancellation);
            }
        },
        Cancellation);

    private static string PullingPod(string policy) => $"""
        apiVersion: v1
        kind: Pod
        metadata: {"{name: pulls}"}
        spec:
          restartPolicy: Never
          containers:
          - {"{"}name: main, image: 'busybox:1.36', imagePullPolicy: {policy}, command: ['true']{"}"}

        """;

    [Fact]
    public Task Delete_AgainWithAShorterGrace_ShortensTheWait() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await nacelle.Kubectl.RunAsync("apply -f -", Cancellation, TerminatingPod);
            await nacelle.Kubectl.RunAsync("wait --for=condition=Ready pod/deaf --timeout=60s", Cancellation);
            await nacelle.Kubectl.RunAsync("delete pod deaf --wait=false", Cancellation);
            await Eventually.GetAsync(
                token => nacelle.Kubectl.RunAsync("logs deaf", token), log => log.Contains("heard TERM", StringComparison.Ordinal), "TERM, heard", Deadline, Cancellation);

            // kubectl waits until the Pod is gone: minutes before its own grace period ends.
            await nacelle.Kubectl.RunAsync("delete pod deaf --grace-period=1 --timeout=60s", Cancellation);

            Assert.Equal("", await nacelle.Kubectl.RunAsync("get pods -o name", Cancellation));
        },
        Cancellation);

    private static Task<string> SharedAsync(string name) => File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Shared", name), Cancellation);
}
