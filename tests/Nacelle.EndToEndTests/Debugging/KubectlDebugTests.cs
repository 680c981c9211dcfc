using Nacelle.EndToEndTests.Page;
using Nacelle.EndToEndTests.Rig;
using Nacelle.EndToEndTests.Terminals;
using Xunit;

namespace Nacelle.EndToEndTests.Debugging;

/// <summary><c>kubectl debug -it</c> on a terminal: an ephemeral container beside the Pod's own, and a copy of the Pod.</summary>
public sealed class KubectlDebugTests
{
    private const string Tools = "--image=busybox --image-pull-policy=IfNotPresent -c debugger --profile=general";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static TheoryData<string> KubectlVersions => [.. KubectlBinary.All.Select(binary => binary.Version)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(KubectlVersions))]
    public Task Debug_TargetOfAPodThatDoesNotShare_ShowsTheTargetsProcessesAndFiles(string version) => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await DebugPods.ApplyAsync(nacelle, shared: false, Cancellation);
            var before = await Pod.StateAsync(nacelle.Kubectl, DebugPods.Name, Cancellation);
            var kubectl = nacelle.KubectlOf(KubectlBinary.Of(version));

            var processes = await LookAsync(kubectl, $"debug -it {DebugPods.Name} --target=main {Tools}", targetPid: 1, leave: "sleep 4444 & exit 3");

            Assert.Contains(new ProcessLine(1, "root", "sleep 7777"), processes);
            Assert.DoesNotContain(processes, process => process.Command is "sleep 8888" or "/pause");
            await DebugPods.WaitForEndAsync(nacelle, "debugger", 3, Cancellation);

            // What the debugger left in its target's namespace has gone with it, and the Pod is as it was.
            Assert.DoesNotContain(LeakCheck.Processes(nacelle.Layout), line => line.EndsWith("sleep 4444", StringComparison.Ordinal));
            Assert.Equal(before, await Pod.StateAsync(nacelle.Kubectl, DebugPods.Name, Cancellation));
            Assert.DoesNotContain(await Pod.EventsAsync(nacelle.Kubectl, DebugPods.Name, Cancellation), line => line.Contains("Ignored", StringComparison.Ordinal));
        },
        Cancellation);

    [Fact]
    public Task Debug_PodThatShares_ShowsAllOfIt() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await DebugPods.ApplyAsync(nacelle, shared: true, Cancellation);

            var processes = await LookAsync(nacelle.Kubectl, $"debug -it {DebugPods.Name} {Tools}", targetPid: null, leave: "exit");

            Assert.Contains(new ProcessLine(1, "root", "/pause"), processes);
            Assert.Contains(processes, process => process.Command == "sleep 8888");
            await DebugPods.WaitForEndAsync(nacelle, "debugger", 0, Cancellation);
        },
        Cancellation);

    [Theory]
    [MemberData(nameof(KubectlVersions))]
    public Task Debug_CopyThatShares_ShowsTheCopysProcessesAndLeavesThePodAlone(string version) => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await DebugPods.ApplyAsync(nacelle, shared: false, Cancellation);
            var before = await Pod.StateAsync(nacelle.Kubectl, DebugPods.Name, Cancellation);
            var kubectl = nacelle.KubectlOf(KubectlBinary.Of(version));

            var processes = await LookAsync(
                kubectl, $"debug {DebugPods.Name} -it --copy-to=copy --share-processes {Tools}", targetPid: null, leave: "exit");

            Assert.Contains(new ProcessLine(1, "root", "/pause"), processes);
            Assert.Contains(processes, process => process.Command == "sleep 8888");
            Assert.Equal("true", await kubectl.RunAsync("get pod copy -o jsonpath={.spec.shareProcessNamespace}", Cancellation));
            Assert.Equal(before, await Pod.StateAsync(nacelle.Kubectl, DebugPods.Name, Cancellation));
        },
        Cancellation);

    [Theory]
    [MemberData(nameof(KubectlVersions))]
    public Task Debug_CopyWithAnotherCommand_RunsItInTheCopy(string version) => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await DebugPods.ApplyAsync(nacelle, shared: false, Cancellation);
            var kubectl = nacelle.KubectlOf(KubectlBinary.Of(version));

            await using var terminal = kubectl.Open($"debug {DebugPods.Name} -it --copy-to=copy --share-processes --container=main --profile=general -- sh");
            var shell = await ReachAsync(terminal);

            // The command came in main's place: its file was never written.
            Assert.Contains("No such file", Assert.Single(await shell.RunAsync("cat /etc/marker", Cancellation)));
            var processes = ProcessLine.Parse(await shell.RunAsync("ps ax", Cancellation));
            Assert.Contains(new ProcessLine(1, "root", "/pause"), processes);
            Assert.DoesNotContain(processes, process => process.Command == "sleep 7777");
        },
        Cancellation);

    /// <summary>Opens a session, lists the processes, reads the file that only main has through its <c>/proc/PID/root</c>, and leaves.</summary>
    private static async Task<IReadOnlyList<ProcessLine>> LookAsync(Kubectl kubectl, string words, int? targetPid, string leave)
    {
        await using var terminal = kubectl.Open(words);
        var shell = await ReachAsync(terminal);
        var processes = ProcessLine.Parse(await shell.RunAsync("ps ax", Cancellation));
        var target = targetPid ?? Assert.Single(processes, process => process.Command == "sleep 7777").Pid;
        Assert.Equal(["of main"], await shell.RunAsync($"cat /proc/{target}/root/etc/marker", Cancellation));

        terminal.Type($"{leave}\r");
        Assert.Equal(0, await terminal.WaitForExitAsync(Deadline, Cancellation));
        Assert.Contains("Session ended", terminal.Transcript);
        return processes;
    }

    private static async Task<ShellSession> ReachAsync(Terminal terminal)
    {
        await terminal.WaitForTextAsync("If you don't see a command prompt, try pressing enter.", Deadline, Cancellation);
        var shell = new ShellSession(terminal, "/ #");
        await shell.PressEnterForPromptAsync(Cancellation);
        return shell;
    }
}
