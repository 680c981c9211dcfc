using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.Entrypoints;

/// <summary>Who adopts the orphans of a container init that is not PID 1, and that they are reaped whoever it is.</summary>
public sealed class OrphanTests
{
    /// <summary>Leaves an orphan behind and goes on.</summary>
    private const string Script = "(sleep 2222 &); exec sleep 1111";

    private const string Manifest = $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: orphans}
        spec:
          shareProcessNamespace: true
          terminationGracePeriodSeconds: 1
          containers:
          - {name: tini, image: nacelle/tini, imagePullPolicy: IfNotPresent, args: [sh, -c, "{{Script}}"]}
          - {name: option, image: nacelle/tini, imagePullPolicy: IfNotPresent, command: [tini, -s, --, sh, -c, "{{Script}}"]}
          - name: variable
            image: nacelle/tini
            imagePullPolicy: IfNotPresent
            args: [sh, -c, "{{Script}}"]
            env: [{name: TINI_SUBREAPER, value: ""}]
          - {name: catatonit, image: nacelle/catatonit, imagePullPolicy: IfNotPresent, args: [sh, -c, "{{Script}}"]}
          - {name: dumb-init, image: nacelle/dumb-init, imagePullPolicy: IfNotPresent, args: [sh, -c, "{{Script}}"]}
        """;

    /// <summary>The program that has the orphan as its child, and whether something was said before.</summary>
    private static readonly (string Container, string Parent, bool Said)[] Expected =
    [
        ("tini", "/pause", true),
        ("option", "tini", false),
        ("variable", "tini", false),
        ("catatonit", "catatonit", false),
        ("dumb-init", "/pause", false),
    ];

    /// <summary>Prints who is the parent of this container's sleep 2222, once that has left its shell.</summary>
    private const string ParentOfOrphan =
        """
        for p in /proc/[0-9]*; do
          [ "$(tr '\0' ' ' <$p/cmdline)" = "sleep 2222 " ] && cmp -s $p/cgroup /proc/self/cgroup || continue
          tr '\0' '\n' </proc/$(awk '{print $4}' $p/stat)/cmdline | head -n 1 | sed 's|/usr/bin/||' | grep -v -x sh
        done 2>/dev/null
        true
        """;

    private const string KillOrphans =
        """
        for p in /proc/[0-9]*; do
          [ "$(tr '\0' ' ' <$p/cmdline)" = "sleep 2222 " ] && kill -KILL ${p#/proc/}
        done 2>/dev/null
        true
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Apply_OrphansOfAnInitThatIsNotPid1_AreAdoptedAsSaidAndReaped() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await nacelle.Kubectl.RunAsync("apply -f -", Cancellation, Manifest);
            await nacelle.Kubectl.RunAsync("wait --for=condition=Ready pod/orphans --timeout=60s", Cancellation);

            // In a shared namespace every container shows all: the containers tell their orphans apart by their cgroups.
            var said = await EntrypointPod.SaidAsync(nacelle.Kubectl, "orphans", Cancellation, Expected.Length);
            foreach (var (container, parent, warned) in Expected)
            {
                var found = await Eventually.GetAsync(
                    token => ShellAsync(nacelle.Kubectl, container, ParentOfOrphan, token),
                    answer => answer.Trim().Length > 0,
                    $"an orphan of {container}",
                    TimeSpan.FromSeconds(20),
                    Cancellation);
                Assert.Equal($"{container}: {parent}", $"{container}: {found.Trim()}");
                Assert.Equal(warned, said.Any(text => text.Contains($"{{{container}}}", StringComparison.Ordinal)));
            }

            await ShellAsync(nacelle.Kubectl, "tini", KillOrphans, Cancellation);
            await Eventually.GetAsync(
                token => nacelle.Kubectl.RunAsync("exec orphans -c tini -- ps -o pid,stat,args", token),
                processes => !processes.Split('\n').Any(line => line.EndsWith(" sleep 2222", StringComparison.Ordinal) || line.Contains("[sleep]", StringComparison.Ordinal)),
                "a Pod without orphans, living or zombies",
                TimeSpan.FromSeconds(20),
                Cancellation);
        },
        Cancellation);

    private static async Task<string> ShellAsync(Kubectl kubectl, string container, string script, CancellationToken cancellationToken) =>
        (await kubectl.TryAsync(["exec", "orphans", "-c", container, "--", "sh", "-c", script], cancellationToken)).Succeeded();
}
