using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.Faults;

/// <summary>A program below Nacelle that fails once: the Pod tells of it, runs at the next try, and nothing of the first is left.</summary>
public sealed class RuntimeFaultTests
{
    private const string Manifest = """
        apiVersion: v1
        kind: Pod
        metadata: {name: fault}
        spec:
          shareProcessNamespace: true
          terminationGracePeriodSeconds: 1
          containers:
          - {name: main, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, '1000000']}
        """;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--oci-runtime", "crun", "create")]
    [InlineData("--oci-runtime", "crun", "start")]
    [InlineData("--conmon", "conmon", "--api-version")]
    public async Task Apply_ProgramThatFailsOnce_IsToldAndTriedAgain(string option, string program, string word)
    {
        var directory = Directory.CreateTempSubdirectory("nacelle-fault-").FullName;
        try
        {
            var wrapper = await WriteWrapperAsync(directory, program, word);
            await NacelleInstance.RunAsync(
                async nacelle =>
                {
                    await nacelle.Kubectl.RunAsync("apply -f -", Cancellation, Manifest);

                    await nacelle.Kubectl.RunAsync("wait --for=condition=Ready pod/fault --timeout=60s", Cancellation);

                    Assert.True(Directory.Exists($"{directory}/failed"), "the fault never happened");
                    await Eventually.GetAsync(
                        async token => string.Join('\n', await Pod.EventsAsync(nacelle.Kubectl, "fault", token)),
                        events => events.Split('\n').Any(line => line.StartsWith("Warning Failed ", StringComparison.Ordinal)),
                        "an event that tells of the failure",
                        Deadline,
                        Cancellation);
                    Assert.Equal(2, LeakCheck.Processes(nacelle.Layout).Count(line => line.EndsWith("/pause", StringComparison.Ordinal)
                        || line.EndsWith("sleep 1000000", StringComparison.Ordinal)));
                },
                Cancellation,
                engineOptions: [option, wrapper]);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>kill -9 while containers are made and started: what the kernel runs is found again or taken away, and the Pod runs once.</summary>
    [Theory]
    [InlineData("create")]
    [InlineData("start")]
    public async Task KillAndRestart_WhileTheRuntimeIsAskedTo_PodRunsAndNothingTwice(string word)
    {
        var directory = Directory.CreateTempSubdirectory("nacelle-fault-").FullName;
        try
        {
            var wrapper = await WriteWrapperAsync(directory, "crun", word, then: "kill -KILL \"$(cat \"$0.victim\")\"; exec /usr/bin/crun \"$@\"");
            await NacelleInstance.RunAsync(
                async nacelle =>
                {
                    await File.WriteAllTextAsync($"{wrapper}.victim", $"{nacelle.Process.Pid}", Cancellation);
                    await nacelle.Kubectl.RunAsync("apply -f -", Cancellation, Manifest);
                    await nacelle.Process.WaitForExitAsync(Cancellation).WaitAsync(Deadline, Cancellation);

                    await nacelle.KillAndRestartAsync(Cancellation);

                    await nacelle.Kubectl.RunAsync("wait --for=condition=Ready pod/fault --timeout=60s", Cancellation);
                    Assert.Single(LeakCheck.Processes(nacelle.Layout), line => line.EndsWith("sleep 1000000", StringComparison.Ordinal));
                    Assert.Single(LeakCheck.Processes(nacelle.Layout), line => line.EndsWith("/pause", StringComparison.Ordinal));
                },
                Cancellation,
                engineOptions: ["--oci-runtime", wrapper]);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>A program of the same name that does something else the first time that it is called with the word.</summary>
    private static async Task<string> WriteWrapperAsync(string directory, string program, string word, string then = "echo 'a fault of the test' >&2; exit 1")
    {
        var path = Path.Combine(directory, program);
        await File.WriteAllTextAsync(
            path,
            $$"""
            #!/bin/sh
            for argument; do
                if [ "$argument" = {{word}} ] && mkdir '{{directory}}/failed' 2>/dev/null; then
                    {{then}}
                fi
            done
            exec /usr/bin/{{program}} "$@"

            """,
            Cancellation);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
