using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.Caveats;

/// <summary>The page's three warnings, and their opposites in a Pod that does not share.</summary>
public sealed class CaveatTests
{
    private const string Runit = """
        apiVersion: v1
        kind: Pod
        metadata: {name: runit}
        spec:
          shareProcessNamespace: SHARE
          restartPolicy: Never
          terminationGracePeriodSeconds: 1
          containers:
          - name: runit
            image: nacelle/runit
            imagePullPolicy: IfNotPresent
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Share_ProgramThatInsistsOnPid1_FailsWithItsOwnWords() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await nacelle.Kubectl.RunAsync("apply -f -", Cancellation, Runit.Replace("SHARE", "true", StringComparison.Ordinal));
            await nacelle.Kubectl.RunAsync("wait --for=jsonpath={.status.phase}=Failed pod/runit --timeout=60s", Cancellation);

            Assert.Contains("must be run as process no 1", await nacelle.Kubectl.RunAsync("logs runit", Cancellation));
            Assert.Equal(
                "111",
                await nacelle.Kubectl.RunAsync("get pod runit -o jsonpath={.status.containerStatuses[0].state.terminated.exitCode}", Cancellation));
        },
        Cancellation);

    [Fact]
    public Task NoShare_ProgramThatInsistsOnPid1_Runs() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await nacelle.Kubectl.RunAsync("apply -f -", Cancellation, Runit.Replace("SHARE", "false", StringComparison.Ordinal));
            await nacelle.Kubectl.RunAsync("wait --for=condition=Ready pod/runit --timeout=60s", Cancellation);

            Assert.DoesNotContain("must be run", await nacelle.Kubectl.RunAsync("logs runit", Cancellation));
            Assert.Contains("runit", await nacelle.Kubectl.RunAsync("exec runit -- cat /proc/1/comm", Cancellation));
        },
        Cancellation);

    [Fact]
    public Task Share_HangUpToPid1_ReachesPauseAndHarmsNothing() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            var page = new Page.PageDialogue(nacelle.Kubectl, Cancellation);
            await page.ApplyAsync();
            var before = await Pod.StateAsync(nacelle.Kubectl, "nginx", Cancellation);

            await nacelle.Kubectl.RunAsync("exec nginx -c shell -- kill -HUP 1", Cancellation);

            Assert.Equal("/pause", (await nacelle.Kubectl.RunAsync("exec nginx -c shell -- cat /proc/1/cmdline", Cancellation)).TrimEnd('\0'));
            Assert.Equal(before, await Pod.StateAsync(nacelle.Kubectl, "nginx", Cancellation));
        },
        Cancellation);

    [Fact]
    public Task NoShare_EachContainer_IsItsOwnPid1AndSeesOnlyItself() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            const string manifest = """
                apiVersion: v1
                kind: Pod
                metadata: {name: apart}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - {name: one, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, "1111"]}
                  - {name: two, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, "2222"]}
                """;
            await nacelle.Kubectl.RunAsync("apply -f -", Cancellation, manifest);
            await nacelle.Kubectl.RunAsync("wait --for=condition=Ready pod/apart --timeout=60s", Cancellation);

            foreach (var (container, command) in new[] { ("one", "sleep 1111"), ("two", "sleep 2222") })
            {
                var processes = Page.ProcessLine.Parse((await nacelle.Kubectl.RunAsync($"exec apart -c {container} -- ps ax", Cancellation)).Split('\n'));
                Assert.Equal(["ps ax", command], processes.Select(process => process.Command).Order());
                Assert.Equal(1, processes.Single(process => process.Command == command).Pid);
            }
        },
        Cancellation);
}
