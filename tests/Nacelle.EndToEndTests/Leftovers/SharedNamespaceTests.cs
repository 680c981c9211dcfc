using System.Globalization;
using Nacelle.EndToEndTests.Page;
using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.Leftovers;

/// <summary>What upstream leaves open about a shared process namespace: orphans, what outlives its container, and the end of /pause.</summary>
public sealed class SharedNamespaceTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Orphans_AThousandShortLived_LeaveNoZombie() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await ApplyAsync(nacelle, "- {name: main, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, '1000000']}");

            // Each inner shell ends before its child does, so the child becomes an orphan and falls to /pause.
            var orphans = await nacelle.Kubectl.TryAsync(
                ["exec", "shared", "--", "sh", "-c", "i=0; while [ $i -lt 1000 ]; do (true & :) ; i=$((i+1)); done; echo $i"],
                Cancellation,
                deadline: TimeSpan.FromMinutes(2));
            Assert.Equal("1000\n", orphans.Succeeded());

            await Eventually.GetAsync(
                async token => (await nacelle.Kubectl.TryAsync(["exec", "shared", "--", "sh", "-c", "cat /proc/[0-9]*/stat"], token)).Output,
                processes => processes.StartsWith("1 (pause) ", StringComparison.Ordinal) && !processes.Contains(") Z ", StringComparison.Ordinal),
                "a namespace without zombies",
                Deadline,
                Cancellation);
        },
        Cancellation);

    [Fact]
    public Task Leftovers_OfAContainerThatEnds_DieWithItAndAreCounted() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await ApplyAsync(
                nacelle,
                """
                - {name: watcher, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, '1000000']}
                  - {name: leaver, image: busybox, imagePullPolicy: IfNotPresent, command: [sh, -c, 'sleep 4444 & sleep 5555 & sleep 2']}
                """,
                "restartPolicy: Never",
                wait: "jsonpath={.status.containerStatuses[?(@.name==\"leaver\")].state.terminated.exitCode}=0");

            var processes = await nacelle.Kubectl.RunAsync("exec shared -c watcher -- ps ax", Cancellation);
            Assert.DoesNotContain("sleep 4444", processes);
            Assert.DoesNotContain("sleep 5555", processes);
            Assert.Contains("/pause", processes);
            await Eventually.GetAsync(
                async token => string.Join('\n', await Pod.EventsAsync(nacelle.Kubectl, "shared", token)),
                events => events.Split('\n').Any(line => line.Contains("leaver", StringComparison.Ordinal) && line.Contains(" 2 ", StringComparison.Ordinal)),
                "an event that counts two leftovers",
                Deadline,
                Cancellation);
        },
        Cancellation);

    [Theory]
    [InlineData("TERM", "TERM")]
    [InlineData("INT", "INT")]
    public Task Pause_EndedByANeighbour_SandboxIsMadeAgainAndTheSenderNamed(string signal, string named) => NacelleInstance.RunAsync(
        async nacelle =>
        {
            var page = new PageDialogue(nacelle.Kubectl, Cancellation);
            await page.ApplyAsync();
            var (terminal, shell) = await page.AttachAsync();
            int sender;
            await using (terminal)
            {
                sender = int.Parse(Assert.Single(await shell.RunAsync("echo $$", Cancellation)), CultureInfo.InvariantCulture);
                terminal.Type($"kill -{signal} 1\r");
                // The shell dies with /pause, and kubectl with the stream.
                await terminal.WaitForExitAsync(Deadline, Cancellation);
            }

            var events = await Eventually.GetAsync(
                async token => string.Join('\n', await Pod.EventsAsync(nacelle.Kubectl, "nginx", token)),
                text => text.Contains("SandboxChanged", StringComparison.Ordinal) && text.Contains(named, StringComparison.Ordinal),
                $"events that say SandboxChanged and {named}",
                Deadline,
                Cancellation);
            Assert.Contains("Pod sandbox changed, it will be killed and re-created.", events);
            Assert.Contains($"from PID {sender} (uid 0) of container shell: sh", events);

            await page.WaitUntilReadyAsync();
            var restarts = await nacelle.Kubectl.RunAsync("get pod nginx -o jsonpath={.status.containerStatuses[*].restartCount}", Cancellation);
            Assert.Equal("1 1", restarts);
        },
        Cancellation);

    /// <summary>Nobody in the Pod sent it: only the signal is known. What the kernel does not end with /pause, the kubelet ends.</summary>
    [Theory]
    [InlineData("shareProcessNamespace: true")]
    [InlineData("shareProcessNamespace: false")]
    [InlineData("hostPID: true")]
    public Task Pause_KilledFromOutside_SandboxAndInitContainersRunAgain(string sharing) => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await nacelle.Kubectl.RunAsync(
                "apply -f -",
                Cancellation,
                $"""
                apiVersion: v1
                kind: Pod
                metadata: {Braces("name: again")}
                spec:
                  {sharing}
                  terminationGracePeriodSeconds: 1
                  initContainers:
                  - {Braces("name: init, image: busybox, imagePullPolicy: IfNotPresent, command: [sh, -c, 'echo init >>/seen/starts'], volumeMounts: [{name: seen, mountPath: /seen}]")}
                  containers:
                  - {Braces("name: main, image: busybox, imagePullPolicy: IfNotPresent, command: [sh, -c, 'echo main >>/seen/starts; exec sleep 1000000'], volumeMounts: [{name: seen, mountPath: /seen}]")}
                  volumes:
                  - {Braces("name: seen, emptyDir: {}")}

                """);
            await nacelle.Kubectl.RunAsync("wait --for=condition=Ready pod/again --timeout=60s", Cancellation);
            var pause = Assert.Single(Processes(nacelle, "pause"));
            var main = Assert.Single(Processes(nacelle, "sleep"));

            Terminals.NativeTerminal.Kill(pause, 9);

            await Eventually.GetAsync(
                token => nacelle.Kubectl.RunAsync("get pod again -o jsonpath={.status.containerStatuses[0].restartCount}{.status.containerStatuses[0].ready}", token),
                state => state == "1true",
                "the container, started again",
                Deadline,
                Cancellation);
            Assert.Equal("init\nmain\ninit\nmain\n", await nacelle.Kubectl.RunAsync("exec again -- cat /seen/starts", Cancellation));
            Assert.NotEqual(main, Assert.Single(Processes(nacelle, "sleep")));
            var events = string.Join('\n', await Pod.EventsAsync(nacelle.Kubectl, "again", Cancellation));
            Assert.Contains("SandboxChanged", events);
            Assert.Contains("KILL", events);
        },
        Cancellation);

    /// <summary>The host's PIDs of the instance's processes with this name.</summary>
    private static IEnumerable<int> Processes(NacelleInstance nacelle, string name)
        => from line in LeakCheck.Processes(nacelle.Layout)
           let pid = int.Parse(line["process ".Length..line.IndexOf(':', StringComparison.Ordinal)], CultureInfo.InvariantCulture)
           where File.ReadAllText($"/proc/{pid}/comm").TrimEnd() == name
           select pid;

    private static string Braces(string fields) => $"{{{fields}}}";

    private static async Task ApplyAsync(NacelleInstance nacelle, string containers, string spec = "", string wait = "condition=Ready")
    {
        var manifest = $"""
            apiVersion: v1
            kind: Pod
            metadata:
              name: shared
            spec:
              shareProcessNamespace: true
              terminationGracePeriodSeconds: 1
              {spec}
              containers:
              {containers}

            """;
        await nacelle.Kubectl.RunAsync("apply -f -", Cancellation, manifest);
        await nacelle.Kubectl.RunAsync($"wait --for={wait} pod/shared --timeout=60s", Cancellation);
    }
}
