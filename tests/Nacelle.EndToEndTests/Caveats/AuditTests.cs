using System.Text.Json.Nodes;
using Nacelle.EndToEndTests.Page;
using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.Caveats;

/// <summary>nacelle audit: what it says of the page's Pod and of others, and that what it says was tried.</summary>
public sealed class AuditTests
{
    private const string Neighbours = """
        apiVersion: v1
        kind: Pod
        metadata: {name: neighbours}
        spec:
          shareProcessNamespace: SHARED
          terminationGracePeriodSeconds: 1
          containers:
          - name: target
            image: busybox
            imagePullPolicy: IfNotPresent
            command: [sleep, "1000000"]
            env: [{name: PASSWORD, value: from-the-environment}]
            securityContext: {runAsUser: 1000}
          - name: same-user
            image: busybox
            imagePullPolicy: IfNotPresent
            command: [sleep, "1000000"]
            securityContext: {runAsUser: 1000}
          - name: plain-root
            image: busybox
            imagePullPolicy: IfNotPresent
            command: [sleep, "1000000"]
          - name: confined
            image: busybox
            imagePullPolicy: IfNotPresent
            command: [sleep, "1000000"]
            securityContext: {runAsUser: 2000, allowPrivilegeEscalation: false, seccompProfile: {type: RuntimeDefault}, capabilities: {drop: [ALL]}}
          - name: confined-root
            image: busybox
            imagePullPolicy: IfNotPresent
            command: [sleep, "1000000"]
            securityContext: {seccompProfile: {type: RuntimeDefault}}
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

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Audit_PageOfTheDocumentation_ShellReachesAllOfNginxAndItIsProved() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            var applied = await nacelle.Kubectl.TryAsync(["apply", "-f", "-"], Cancellation, await File.ReadAllTextAsync(PageDialogue.Manifest, Cancellation));
            Assert.Equal("pod/nginx created\n", applied.Succeeded());
            Assert.Matches("^Warning: spec.shareProcessNamespace: container shell can reach environ, root, memory, descriptors of container nginx; to close it, [^\n]*\n$", applied.Errors);
            await nacelle.Kubectl.RunAsync("wait --for=condition=Ready pod/nginx --timeout=60s", Cancellation);

            var findings = await AuditAsync(nacelle, "nginx");

            Assert.Equal(14, findings.Count);
            Assert.All(findings, finding => Assert.True((bool?)finding["verified"], finding.ToJsonString()));
            Assert.All(findings.Where(f => (string?)f["observer"] == "shell"), finding => Assert.Equal("direct", (string?)finding["allowed"]));
            Assert.Equal(["list", "signal", "argv"], findings.Where(f => (string?)f["observer"] == "nginx" && (string?)f["allowed"] != "no").Select(f => (string?)f["access"]));
        },
        Cancellation);

    [Fact]
    public Task Audit_Neighbours_TellsDirectFromReachable() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await StartAsync(nacelle, "true");

            var findings = await AuditAsync(nacelle, "neighbours");

            Assert.All(findings, finding => Assert.True((bool?)finding["verified"], finding.ToJsonString()));
            var reachable = Find(findings, "plain-root", "target", "environ");
            Assert.Equal(("reachable", "setuid(1000)"), ((string?)reachable["allowed"], (string?)reachable["steps"]));
            Assert.Equal(["env PASSWORD"], reachable["exposes"]!.AsArray().Select(name => (string?)name));
            Assert.Equal("direct", (string?)Find(findings, "same-user", "target", "environ")["allowed"]);
            Assert.Equal("no", (string?)Find(findings, "confined", "target", "environ")["allowed"]);
            Assert.Equal("reachable", (string?)Find(findings, "confined-root", "target", "environ")["allowed"]);

            // The filters of the two were tried too.
            Assert.All(findings, finding => Assert.Equal("", (string?)finding["note"]));

            // nginx's worker is open to its own user and group, and to nobody who has the user alone.
            Assert.Equal("direct", (string?)Find(findings, "worker-identity", "web", "environ")["allowed"]);
            Assert.Equal("no", (string?)Find(findings, "worker-user", "web", "environ")["allowed"]);
            Assert.DoesNotContain("from-the-environment", findings.Select(finding => finding.ToJsonString()).Aggregate(string.Concat));
        },
        Cancellation);

    [Fact]
    public Task Audit_PodThatDoesNotShare_HasNoFinding() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await StartAsync(nacelle, "false");

            var audit = await NacelleAsync(nacelle, "neighbours", "--fail-on", "info");

            Assert.StartsWith("no findings\n", audit.Succeeded());
            Assert.All(await AuditAsync(nacelle, "neighbours"), finding => Assert.Equal("no", (string?)finding["allowed"]));
        },
        Cancellation);

    [Fact]
    public Task Audit_NoSuchPod_IsOneLineAndExitCodeOne() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            var audit = await NacelleAsync(nacelle, "nosuch");

            Assert.Equal(1, audit.ExitCode);
            Assert.Equal("nacelle: audit: pods \"nosuch\" not found\n", audit.Errors);
        },
        Cancellation);

    [Theory]
    [InlineData(new[] { "-f", "-" }, 0)]
    [InlineData(new[] { "-f", "-", "--fail-on", "high" }, 2)]
    [InlineData(new[] { "-f", "-", "--fail-on", "info", "-o", "json" }, 2)]
    [InlineData(new[] { "-f", "-", "--fail-on", "extreme" }, 1)]
    [InlineData(new[] { "-f", "/no/such/file" }, 1)]
    [InlineData(new[] { "--nonsense" }, 1)]
    [InlineData(new[] { "pod", "-f", "-" }, 1)]
    [InlineData(new string[0], 1)]
    public async Task AuditOfAManifest_Options_DecideTheExitCode(string[] options, int expected)
    {
        var audit = await Command.RunAsync(NacelleProcess.ExecutablePath, ["audit", .. options], Cancellation, input: Neighbours.Replace("SHARED", "true", StringComparison.Ordinal));

        Assert.Equal(expected, audit.ExitCode);
        Assert.Equal(expected == 1 ? 1 : 0, audit.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(expected == 1, audit.Output.Length == 0);
    }

    private static async Task StartAsync(NacelleInstance nacelle, string shared)
    {
        await nacelle.Kubectl.RunAsync("apply -f -", Cancellation, Neighbours.Replace("SHARED", shared, StringComparison.Ordinal));
        await nacelle.Kubectl.RunAsync("wait --for=condition=Ready pod/neighbours --timeout=60s", Cancellation);
    }

    private static Task<CommandResult> NacelleAsync(NacelleInstance nacelle, params string[] arguments) =>
        NacelleInstance.NacelleAsync(["audit", .. arguments, "--run-dir", nacelle.Layout.RunDirectory], Cancellation);

    private static async Task<IReadOnlyList<JsonNode>> AuditAsync(NacelleInstance nacelle, string pod) =>
        [.. JsonNode.Parse((await NacelleAsync(nacelle, pod, "-o", "json")).Succeeded())!.AsArray().OfType<JsonNode>()];

    private static JsonNode Find(IReadOnlyList<JsonNode> findings, string observer, string target, string access) => findings.Single(finding =>
        (string?)finding["observer"] == observer && (string?)finding["target"] == target && (string?)finding["access"] == access);
}
