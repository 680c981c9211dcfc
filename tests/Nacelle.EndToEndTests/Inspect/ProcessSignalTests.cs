using System.Text.Json.Nodes;
using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.Inspect;

/// <summary>Signals from outside, and what a watch shows of them.</summary>
public sealed class ProcessSignalTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Signal_EachTarget_IsReachedOrSaidWhyNot() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            var kubectl = nacelle.Kubectl;
            await ProcessPods.ApplyAsync(nacelle, ProcessPods.Three, Cancellation);
            var before = await ProcessPods.ListAsync(kubectl, Cancellation);
            var worker = ProcessPods.Find(before, "nginx", "nginx", "nginx: worker");
            var master = ProcessPods.NameOf(ProcessPods.Find(before, "nginx", "nginx", "nginx: master"));

            await ReloadAsync(nacelle, worker);
            await StopAndGoOnAsync(nacelle);

            // By name and by PID, of a container and of the whole Pod.
            var pid = $"{(await ProcessPods.ListAsync(kubectl, Cancellation))[master]["status"]!["pid"]}";
            await Done(nacelle, $"nginx --process {master} WINCH");
            await Done(nacelle, $"nginx --process {pid} HUP");
            await Done(nacelle, "apart -c two --process 2 SIGRTMIN+1");
            await ProcessPods.UntilAsync(
                kubectl, p => !p.ContainsKey("apart:two:2"), "a real-time signal to end the shell's sleep", Cancellation);

            await FailsAsync(nacelle, "apart -c one HUP", 1, "apart:one:1 is PID 1 of its namespace and has no handler for SIGHUP: the kernel drops the signal");
            await FailsAsync(nacelle, "apart -c one --process 1 HUP", 1, "the kernel drops the signal");
            await FailsAsync(nacelle, "apart HUP", 1, "more than one process is meant; name the container with -c: one, two");
            await FailsAsync(nacelle, "apart -c three HUP", 1, "no such process; its containers with processes: one, two");
            await FailsAsync(nacelle, "nobody HUP", 1, "pod \"nobody\" in namespace \"default\" has no process here");
            await FailsAsync(nacelle, "apart -n other HUP", 1, "in namespace \"other\" has no process here");
            await FailsAsync(nacelle, "nginx --process 1 TERM", 1, "the kernel kills every process of the Pod, and the sandbox is made again; 'nacelle signal --force-sandbox' does it");
            await FailsAsync(nacelle, "apart -c one FOO", 2, "\"FOO\" is no signal");
            await FailsAsync(nacelle, "apart -c one 65", 2, "\"65\" is no signal");
            await FailsAsync(nacelle, "nginx -c nginx --force-sandbox TERM", 2, "neither --container nor --process goes with it");

            var events = await Eventually.GetAsync(
                token => Pod.EventsAsync(kubectl, "nginx", token), e => e.Count(x => x.Contains("ProcessSignaled", StringComparison.Ordinal)) >= 2, "events", Deadline, Cancellation);
            Assert.Contains($"Normal ProcessSignaled SIGHUP sent to process {pid} (nginx) by system:admin", events);
            Assert.Contains($"Normal ProcessSignaled SIGWINCH sent to process {pid} (nginx) by system:admin", events);

            await EndSandboxAsync(nacelle);
        },
        Cancellation);

    /// <summary>The page's reload, without a shell in the Pod, and as a watch sees it.</summary>
    private static async Task ReloadAsync(NacelleInstance nacelle, JsonNode worker)
    {
        await using var watch = nacelle.Kubectl.Open("get processes -l app=page -w --output-watch-events", columns: 200);
        var name = ProcessPods.NameOf(worker);
        await watch.WaitAsync(screen => HasLine(screen.Transcript, "ADDED ", name + " "), "the worker", Deadline, Cancellation);

        await Done(nacelle, "nginx -c nginx HUP");

        await watch.WaitAsync(
            screen => HasLine(screen.Transcript, "DELETED ", name + " ", "nginx: worker process")
                && screen.Transcript.Split('\n').Count(line => HasLine(line, "ADDED ", "nginx: ") && !line.Contains("master", StringComparison.Ordinal)) > 1,
            "a new worker, and the end of the old one", Deadline, Cancellation);
    }

    private static async Task StopAndGoOnAsync(NacelleInstance nacelle)
    {
        await using var watch = nacelle.Kubectl.Open("get processes --field-selector status.podName=apart -w --output-watch-events", columns: 200);
        await watch.WaitAsync(screen => HasLine(screen.Transcript, "ADDED ", "apart:one:1 "), "the process", Deadline, Cancellation);

        await Done(nacelle, "apart -c one STOP");

        await watch.WaitAsync(screen => HasLine(screen.Transcript, "MODIFIED", "apart:one:1", "Stopped"), "a stopped process", Deadline, Cancellation);
        await Done(nacelle, "apart -c one CONT", dropped: true);
        await watch.WaitAsync(screen => HasLine(screen.Transcript, "MODIFIED", "apart:one:1", "Sleeping"), "it goes on", Deadline, Cancellation);
    }

    /// <summary>Everything in the Pod ends with it, and the Pod is made again.</summary>
    private static async Task EndSandboxAsync(NacelleInstance nacelle)
    {
        var before = await ProcessPods.ListAsync(nacelle.Kubectl, Cancellation);
        await FailsAsync(nacelle, "nginx --force-sandbox HUP", 1, "nginx::1 ignores SIGHUP");

        await Done(nacelle, "nginx --force-sandbox TERM");

        var after = await ProcessPods.UntilAsync(
            nacelle.Kubectl,
            p => p.TryGetValue("nginx::1", out var sandbox) && Uid(sandbox) != Uid(before["nginx::1"]) && p.Keys.Count(name => name.StartsWith("nginx:", StringComparison.Ordinal)) == 4,
            "a new sandbox with all processes", Cancellation);
        Assert.Empty(after.Values.Select(Uid).Intersect(before.Values.Where(p => (string?)p["status"]!["podName"] == "nginx").Select(Uid)));
        Assert.Contains(await Pod.EventsAsync(nacelle.Kubectl, "nginx", Cancellation), e => e.Contains("SIGTERM sent to process 1 (pause) by system:admin", StringComparison.Ordinal));
    }

    private static string? Uid(JsonNode process) => (string?)process["metadata"]!["uid"];

    private static bool HasLine(string text, params string[] words) => text.Split('\n').Any(line => Array.TrueForAll(words, word => line.Contains(word, StringComparison.Ordinal)));

    /// <param name="nacelle">The instance.</param>
    /// <param name="words">Arguments of <c>nacelle signal</c>.</param>
    /// <param name="dropped">CONT makes a process go on before it is dropped.</param>
    private static async Task Done(NacelleInstance nacelle, string words, bool dropped = false)
    {
        var result = await ProcessPods.SignalAsync(nacelle, words, Cancellation);
        Assert.True(result.ExitCode == 0 || dropped, $"{result}");
        Assert.Equal("", result.Output);
    }

    private static async Task FailsAsync(NacelleInstance nacelle, string words, int code, string message)
    {
        var result = await ProcessPods.SignalAsync(nacelle, words, Cancellation);
        Assert.True(result.ExitCode == code, $"{result}");
        Assert.Contains(message, result.Errors);
        Assert.Single(result.Errors.Trim().Split('\n'));
    }
}
