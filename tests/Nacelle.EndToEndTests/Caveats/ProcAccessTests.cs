using Nacelle.EndToEndTests.Page;
using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.Caveats;

/// <summary>
/// What a neighbour may read of a process in a shared namespace. The kernel decides by its ptrace rules: same user, a dumpable target, no capability that
/// the reader lacks; or SYS_PTRACE. Arguments are open to everyone.
/// </summary>
public sealed class ProcAccessTests
{
    private const string Manifest = """
        apiVersion: v1
        kind: Pod
        metadata: {name: neighbours}
        spec:
          shareProcessNamespace: true
          terminationGracePeriodSeconds: 1
          containers:
          - name: target
            image: busybox
            imagePullPolicy: IfNotPresent
            command: [sh, -c, "echo file > /tmp/secret; cd /tmp; exec sleep 3333"]
            env: [{name: PASSWORD, value: from-the-environment}]
            securityContext: {runAsUser: 1000}
          - name: same-user
            image: busybox
            imagePullPolicy: IfNotPresent
            command: [sleep, "1000000"]
            securityContext: {runAsUser: 1000}
          - name: other-user
            image: busybox
            imagePullPolicy: IfNotPresent
            command: [sleep, "1000000"]
            securityContext: {runAsUser: 2000}
          - name: plain-root
            image: busybox
            imagePullPolicy: IfNotPresent
            command: [sleep, "1000000"]
          - name: tracer
            image: busybox
            imagePullPolicy: IfNotPresent
            command: [sleep, "1000000"]
            securityContext: {capabilities: {add: [SYS_PTRACE]}}
          - name: web
            image: nginx
            imagePullPolicy: IfNotPresent
          - name: worker-user
            image: busybox
            imagePullPolicy: IfNotPresent
            command: [sleep, "1000000"]
            securityContext: {runAsUser: 101}
          - name: worker-identity
            image: busybox
            imagePullPolicy: IfNotPresent
            command: [sleep, "1000000"]
            securityContext: {runAsUser: 101, runAsGroup: 101}
        """;

    private static readonly (string Container, bool IsOpen)[] Readers =
        [("same-user", true), ("other-user", false), ("plain-root", false), ("tracer", true)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Read_NeighboursProcEntries_FollowsTheKernelsRules() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await nacelle.Kubectl.RunAsync("apply -f -", Cancellation, Manifest);
            await nacelle.Kubectl.RunAsync("wait --for=condition=Ready pod/neighbours --timeout=60s", Cancellation);
            var processes = ProcessLine.Parse((await nacelle.Kubectl.RunAsync("exec neighbours -c tracer -- ps ax", Cancellation)).Split('\n'));
            var target = processes.Single(process => process.Command == "sleep 3333").Pid;
            var worker = PageDialogue.Worker(processes).Pid;

            foreach (var (reader, isOpen) in Readers)
            {
                var environment = await TryAsync(nacelle, reader, $"cat /proc/{target}/environ");
                var file = await TryAsync(nacelle, reader, $"cat /proc/{target}/root/tmp/secret");
                var folder = await TryAsync(nacelle, reader, $"readlink /proc/{target}/cwd");
                if (isOpen)
                {
                    Assert.Contains("PASSWORD=from-the-environment", environment.Succeeded());
                    Assert.Equal("file\n", file.Succeeded());
                    Assert.Equal("/tmp\n", folder.Succeeded());
                }
                else
                {
                    Assert.Contains("Permission denied", Refused(environment));
                    Assert.Contains("Permission denied", Refused(file));
                    Assert.NotEqual(0, folder.ExitCode);
                }

                Assert.Equal("sleep\03333\0", (await TryAsync(nacelle, reader, $"cat /proc/{target}/cmdline")).Succeeded());
            }

            // The same user in another group does not get in. (nginx's worker is dumpable although it changed its user: it asks to be.)
            Assert.Contains("Permission denied", Refused(await TryAsync(nacelle, "worker-user", $"cat /proc/{worker}/environ")));
            Assert.True((await TryAsync(nacelle, "worker-identity", $"cat /proc/{worker}/environ")).ExitCode == 0);
            Assert.StartsWith("nginx: worker process", (await TryAsync(nacelle, "worker-user", $"cat /proc/{worker}/cmdline")).Succeeded());
        },
        Cancellation);

    private static Task<CommandResult> TryAsync(NacelleInstance nacelle, string container, string command)
        => nacelle.Kubectl.TryAsync(["exec", "neighbours", "-c", container, "--", .. command.Split(' ')], Cancellation);

    private static string Refused(CommandResult result)
    {
        Assert.NotEqual(0, result.ExitCode);
        return result.Errors;
    }
}
