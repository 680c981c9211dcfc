using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.Inspect;

/// <summary>Where processes come from, how long they are shown, and what stands on while the kubelet does not.</summary>
public sealed class ProcessLifeTests
{
    private const string Odd = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: odd}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: odd, namespace: odd}
        spec:
          terminationGracePeriodSeconds: 3
          containers:
          - name: app
            image: busybox
            imagePullPolicy: IfNotPresent
            command: [sh, -c, "trap : TERM; sleep 0 & exec sleep 1000"]
          - name: init
            image: busybox
            imagePullPolicy: IfNotPresent
            command: [sh, -c, "trap 'sleep 3000' TERM; while :; do sleep 1; done"]
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task List_ZombieExecDebugAndPodThatEnds_AreShownForWhatTheyAre() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            var kubectl = nacelle.Kubectl;
            await kubectl.RunAsync("apply -f -", Cancellation, Odd);
            await kubectl.RunAsync("wait -n odd --for=condition=Ready pods --all --timeout=60s", Cancellation);

            // Its parent became sleep, which does not ask for it.
            var zombie = await Eventually.GetAsync(
                token => kubectl.RunAsync("get ps -n odd -o wide --field-selector status.state=Zombie", token), text => text.Contains("odd:app:", StringComparison.Ordinal),
                "a zombie", TimeSpan.FromSeconds(10), Cancellation);
            Assert.Matches(@"(?m)^odd:app:\d+ +odd +app +\d+ +1 +root +Zombie +\S+ +\[sleep\] ", zombie);
            var name = zombie.Split('\n')[1].Split(' ')[0];
            var refused = await kubectl.TryAsync(["delete", "process", name, "-n", "odd"], Cancellation);
            Assert.Contains("(Conflict)", refused.Errors);
            Assert.Contains("it has ended already and waits for its parent, process 1, to ask how", refused.Errors);

            await using (var exec = kubectl.Open("exec -n odd odd -c app -- sleep 777"))
            {
                await Eventually.GetAsync(
                    token => kubectl.RunAsync("get ps -n odd -o wide", token), text => text.Split('\n').Any(l => l.Contains("sleep 777", StringComparison.Ordinal) && l.EndsWith("Exec", StringComparison.Ordinal)),
                    "the exec's process", TimeSpan.FromSeconds(10), Cancellation);
            }

            await kubectl.RunAsync("debug -n odd odd --image=busybox --image-pull-policy=IfNotPresent --container=dbg --target=app -- sleep 888", Cancellation);
            var debug = await Eventually.GetAsync(
                token => ProcessPods.ListAsync(kubectl, token, "ps -n odd"), p => p.Keys.Any(n => n.StartsWith("odd:dbg:", StringComparison.Ordinal)), "the debugger", TimeSpan.FromSeconds(20), Cancellation);
            Assert.Equal("Debug", (string?)debug.Single(p => p.Key.StartsWith("odd:dbg:", StringComparison.Ordinal)).Value["status"]!["origin"]);
            Assert.NotEqual("odd:dbg:1", debug.Keys.Single(n => n.StartsWith("odd:dbg:", StringComparison.Ordinal)));

            // A namespace is emptied by its Pods; while they end, their processes are there to be looked at.
            await kubectl.RunAsync("delete namespace odd --wait=false", Cancellation);
            await Eventually.GetAsync(
                token => ProcessPods.ListAsync(kubectl, token, "ps -n odd"),
                p => p.Values.Any(x => (string?)x["status"]!["containerName"] == "init" && $"{x["status"]!["command"]}".Contains("3000", StringComparison.Ordinal)),
                "the trap of a Pod that is being deleted", TimeSpan.FromSeconds(10), Cancellation);
            await kubectl.RunAsync("wait --for=delete namespace/odd --timeout=30s", Cancellation);
            Assert.Empty(await ProcessPods.ListAsync(kubectl, Cancellation, "ps -A"));
            Assert.DoesNotContain((await kubectl.RunAsync("get events -A", Cancellation)).Split('\n'), l => l.Contains("ProcessSignaled", StringComparison.Ordinal));
        },
        Cancellation);

    [Fact]
    public Task Parts_KubeletStopped_Answers503AndTheRestGoesOn() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            var kubectl = nacelle.Kubectl;
            await ProcessPods.ApplyAsync(nacelle, ProcessPods.Three, Cancellation);
            var before = await ProcessPods.ListAsync(kubectl, Cancellation);
            var revision = (string?)before["apart:one:1"]["metadata"]!["resourceVersion"];
            Assert.Equal(0, (await ProcessPods.SignalAsync(nacelle, "nginx -c nginx HUP", Cancellation)).ExitCode);

            await nacelle.StopPartAsync("kubelet");

            var refused = await kubectl.TryAsync(["get", "processes"], Cancellation);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("inspect.nacelle.dev/v1alpha1", refused.Errors);
            Assert.Contains("ServiceUnavailable", refused.Errors);
            Assert.Contains("inspect.nacelle.dev/v1alpha1", (await ProcessPods.SignalAsync(nacelle, "nginx -c nginx HUP", Cancellation)).Errors);
            Assert.Contains("pod/nginx", await kubectl.RunAsync("get pods -o name", Cancellation));
            Assert.Contains("processes", await kubectl.RunAsync("api-resources --cached=false", Cancellation));
            Assert.Contains("podName", await kubectl.RunAsync("explain processes.status", Cancellation));

            // The processes are those of before; what was counted before is not known any more.
            await nacelle.StartPartAsync("kubelet", Cancellation);
            var after = await ProcessPods.UntilAsync(kubectl, p => p.Count == before.Count, "the processes again", Cancellation);
            Assert.Equal(before["apart:one:1"]["metadata"]!["uid"]!.ToString(), after["apart:one:1"]["metadata"]!["uid"]!.ToString());
            var expired = await kubectl.RunAsync($"get --raw /apis/inspect.nacelle.dev/v1alpha1/processes?watch=true&resourceVersion={revision}", Cancellation);
            Assert.Contains("\"code\":410", expired);
            var future = await kubectl.TryAsync(["get", "--raw", "/apis/inspect.nacelle.dev/v1alpha1/processes?resourceVersion=9000000000000000000"], Cancellation);
            Assert.Contains("too old resource version", future.Errors);
        },
        Cancellation,
        separateParts: true);
}
