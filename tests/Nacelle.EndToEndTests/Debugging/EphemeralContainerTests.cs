using System.Globalization;
using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.Debugging;

/// <summary>Ephemeral containers without a terminal: the profiles of <c>kubectl debug</c>, and targets that are not there or not honoured.</summary>
public sealed class EphemeralContainerTests
{
    private const string Report = "id -u; grep CapEff /proc/self/status; ps ax; cat /proc/1/root/etc/marker 2>&1";

    /// <summary>Bits of <c>CapEff</c> (capabilities(7)).</summary>
    private const ulong NetAdmin = 1UL << 12;
    private const ulong SysPtrace = 1UL << 19;
    private const ulong SysAdmin = 1UL << 21;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>What a profile gives, and that the target's processes are the ones seen, whatever it gives.</summary>
    [Theory]
    [InlineData("legacy", "busybox", 0, 0UL, "of main")]
    [InlineData("general", "busybox", 0, SysPtrace, "of main")]
    [InlineData("baseline", "busybox", 0, 0UL, "of main")]
    [InlineData("netadmin", "busybox", 0, NetAdmin, "of main")]
    [InlineData("sysadmin", "busybox", 0, NetAdmin | SysPtrace | SysAdmin, "of main")]
    [InlineData("restricted", "nacelle/user1000", 1000, 0UL, "Permission denied")]
    public Task Debug_Profile_GivesItsCapabilitiesAndShowsTheTarget(string profile, string image, int uid, ulong capabilities, string marker)
        => NacelleInstance.RunAsync(
            async nacelle =>
            {
                await DebugPods.ApplyAsync(nacelle, shared: false, Cancellation);

                await DebugAsync(nacelle, $"--profile={profile}", $"--image={image}", "--target=main", "--", "sh", "-c", Report);

                await DebugPods.WaitForEndAsync(nacelle, "debugger", marker == "of main" ? 0 : 1, Cancellation);
                var lines = (await nacelle.Kubectl.RunAsync($"logs {DebugPods.Name} -c debugger", Cancellation)).Split('\n');
                Assert.Equal(uid.ToString(CultureInfo.InvariantCulture), lines[0]);
                var effective = ulong.Parse(lines[1].Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                Assert.Equal(capabilities, effective & (NetAdmin | SysPtrace | SysAdmin));
                Assert.Equal(uid != 0, effective == 0);
                Assert.Contains(lines, line => line.TrimStart().StartsWith("1 ", StringComparison.Ordinal) && line.EndsWith("sleep 7777", StringComparison.Ordinal));
                Assert.Contains(lines, line => line.Contains(marker, StringComparison.Ordinal));
            },
            Cancellation);

    [Fact]
    public Task Debug_TargetHasNeverRun_WaitsAndSaysSo() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await ApplyAsync(nacelle, "{name: main, image: missing.example/none, imagePullPolicy: Never}");

            await DebugAsync(nacelle, "--profile=general", "--image=busybox", "--target=main", "--", "true");

            await WaitForWaitingAsync(nacelle, "CreateContainerConfigError", "unable to find target container main");
            Assert.Contains(
                "Warning Failed Error: unable to find target container main", await Pod.EventsAsync(nacelle.Kubectl, DebugPods.Name, Cancellation));
        },
        Cancellation);

    [Fact]
    public Task Debug_TargetHasEnded_WaitsAndSaysSo() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await ApplyAsync(nacelle, "{name: main, image: busybox, imagePullPolicy: IfNotPresent, command: ['true']}");
            await nacelle.Kubectl.RunAsync(
                $"wait --for=jsonpath={{.status.containerStatuses[?(@.name==\"main\")].state.terminated.exitCode}}=0 pod/{DebugPods.Name} --timeout=60s", Cancellation);

            await DebugAsync(nacelle, "--profile=general", "--image=busybox", "--target=main", "--", "true");

            await WaitForWaitingAsync(nacelle, "CreateContainerError", "is not a running container of this sandbox");
        },
        Cancellation);

    /// <summary>An OCI runtime that drops the namespace that it was told to join stands for a container runtime that does not know TARGET.</summary>
    [Fact]
    public async Task Debug_RuntimeIgnoresTheTarget_IsSaidByAnEvent()
    {
        var directory = Directory.CreateTempSubdirectory("nacelle-target-").FullName;
        try
        {
            var wrapper = Path.Combine(directory, "crun");
            await File.WriteAllTextAsync(
                wrapper,
                """
                #!/bin/sh
                previous=
                for argument; do
                    case $previous in -b|--bundle) sed -i 's/"type": *"pid", *"path": *"[^"]*"/"type":"pid"/' "$argument/config.json";; esac
                    case $argument in --bundle=*) sed -i 's/"type": *"pid", *"path": *"[^"]*"/"type":"pid"/' "${argument#--bundle=}/config.json";; esac
                    previous=$argument
                done
                exec /usr/bin/crun "$@"

                """,
                Cancellation);
            File.SetUnixFileMode(wrapper, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            await NacelleInstance.RunAsync(
                async nacelle =>
                {
                    await DebugPods.ApplyAsync(nacelle, shared: false, Cancellation);

                    await DebugAsync(nacelle, "--profile=general", "--image=busybox", "--target=main", "--", "sleep", "1000000");

                    var events = await Eventually.GetAsync(
                        async token => string.Join('\n', await Pod.EventsAsync(nacelle.Kubectl, DebugPods.Name, token)),
                        text => text.Contains("TargetNamespaceIgnored", StringComparison.Ordinal),
                        "an event that says what the runtime did",
                        Deadline,
                        Cancellation);
                    Assert.Contains(
                        "Warning TargetNamespaceIgnored The container runtime (nacelle) has not put debugger into the process namespace of main", events);
                },
                Cancellation,
                engineOptions: ["--oci-runtime", wrapper]);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task DebugAsync(NacelleInstance nacelle, params string[] arguments)
        => (await nacelle.Kubectl.TryAsync(["debug", DebugPods.Name, "-c", "debugger", "--image-pull-policy=IfNotPresent", .. arguments], Cancellation)).Succeeded();

    private static Task<string> WaitForWaitingAsync(NacelleInstance nacelle, string reason, string message) => Eventually.GetAsync(
        token => DebugPods.StateAsync(nacelle, "debugger", token),
        state => state.Contains($"\"reason\":\"{reason}\"", StringComparison.Ordinal) && state.Contains(message, StringComparison.Ordinal),
        $"the ephemeral container waits with {reason}",
        Deadline,
        Cancellation);

    private static Task<string> ApplyAsync(NacelleInstance nacelle, string main) => nacelle.Kubectl.RunAsync(
        "apply -f -",
        Cancellation,
        $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: {{DebugPods.Name}}}
        spec:
          restartPolicy: Never
          terminationGracePeriodSeconds: 1
          containers:
          - {{main}}
          - {name: other, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, '8888']}

        """);
}
