using System.Globalization;
using Nacelle.EndToEndTests.Page;
using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.Restart;

/// <summary>Pods belong to the machine, not to the process that started them.</summary>
public sealed class RestartTests
{
    private const string Counter = """
        apiVersion: v1
        kind: Pod
        metadata: {name: counter}
        spec:
          terminationGracePeriodSeconds: 1
          containers:
          - name: counter
            image: busybox
            imagePullPolicy: IfNotPresent
            command: [sh, -c, "i=0; while :; do echo $i; i=$((i+1)); usleep 20000; done"]
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task KillAndRestart_PagesPod_GoesOnAsIfNothingHadHappened(bool separateParts)
        => NacelleInstance.RunAsync(nacelle => SurviveAsync(nacelle, nacelle.KillAndRestartAsync), Cancellation, separateParts);

    [Fact]
    public Task StopAndRestart_PagesPod_GoesOnAsIfNothingHadHappened()
        => NacelleInstance.RunAsync(nacelle => SurviveAsync(nacelle, nacelle.StopAndRestartAsync), Cancellation);

    [Fact]
    public Task Stop_PagesPod_GoesOnRunning() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await new PageDialogue(nacelle.Kubectl, Cancellation).ApplyAsync();
            var before = Processes(nacelle);

            await nacelle.StopAsync();

            Assert.Equal(before, Processes(nacelle));
            await nacelle.StopAndRestartAsync(Cancellation);
        },
        Cancellation);

    [Fact]
    public Task KillAndRestart_PodThatWrites_LeavesNoGapInItsLog() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await nacelle.Kubectl.RunAsync("apply -f -", Cancellation, Counter);
            await nacelle.Kubectl.RunAsync("wait --for=condition=Ready pod/counter --timeout=60s", Cancellation);

            await nacelle.KillAndRestartAsync(Cancellation);

            var countBefore = (await LogAsync(nacelle)).Length;
            var log = await Eventually.GetAsync(
                _ => LogAsync(nacelle), lines => lines.Length > countBefore + 20, "a log that goes on", TimeSpan.FromSeconds(20), Cancellation);
            Assert.Equal(Enumerable.Range(0, log.Length).Select(i => i.ToString(CultureInfo.InvariantCulture)), log);
        },
        Cancellation);

    private static async Task SurviveAsync(NacelleInstance nacelle, Func<CancellationToken, Task> restart)
    {
        var page = new PageDialogue(nacelle.Kubectl, Cancellation);
        await page.ApplyAsync();
        var state = await Pod.StateAsync(nacelle.Kubectl, "nginx", Cancellation);
        var processes = Processes(nacelle);
        Assert.Contains(processes, process => process.Contains("nginx: master", StringComparison.Ordinal));

        await restart(Cancellation);

        Assert.Equal(processes, Processes(nacelle));
        var (terminal, shell) = await page.AttachAsync();
        await using (terminal)
        {
            await page.LookAroundAsync(shell);
        }

        Assert.Equal(state, await Pod.StateAsync(nacelle.Kubectl, "nginx", Cancellation));
        Assert.DoesNotContain(await Pod.EventsAsync(nacelle.Kubectl, "nginx", Cancellation), line => line.Contains("SandboxChanged", StringComparison.Ordinal));
    }

    /// <summary>The processes of Pods, with their PIDs on the host, without nacelle's own.</summary>
    private static IReadOnlyList<string> Processes(NacelleInstance nacelle)
        => [.. LeakCheck.Processes(nacelle.Layout).Where(process => !process.Contains("--state-dir", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private static async Task<string[]> LogAsync(NacelleInstance nacelle)
        => (await nacelle.Kubectl.RunAsync("logs counter", Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
