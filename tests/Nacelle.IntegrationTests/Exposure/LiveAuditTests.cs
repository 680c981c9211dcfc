using System.Text.Json.Nodes;
using Nacelle.Inspect.Exposure;
using Nacelle.Kubernetes.Exposure;
using Xunit;

namespace Nacelle.IntegrationTests.Exposure;

/// <summary>The live audit on processes of a shared PID namespace that stand for containers.</summary>
public sealed class LiveAuditTests : IDisposable
{
    private static readonly ulong Defaults = LinuxCapabilities.Defaults;

    // Numbers of system calls on x86_64, and SECCOMP_RET_ERRNO with EPERM, KILL_PROCESS and ALLOW.
    private const int KillCall = 62;
    private const int ExecCall = 59;
    private const int CapsetCall = 126;
    private const uint Refuse = 0x00050001;
    private const uint Kill = 0x80000000;
    private const uint Allow = 0x7fff0000;

    private readonly SubjectNamespace subjects = new();

    public void Dispose() => subjects.Dispose();

    [Fact]
    public async Task Run_RootWithDefaultsBesideAUser_IsReachableAndProved()
    {
        IReadOnlyList<ExposureFinding> findings = await AuditAsync(
            ("root", [subjects.Spawn(User(0, Defaults))]), ("user", [subjects.Spawn(User(101))]));
        ExposureFinding environ = Find(findings, "root", "user", Access.Environ);
        Assert.Equal((Allowed.Reachable, "setgid(101), setuid(101)"), (environ.Allowed, environ.Steps));
        Assert.Equal(["Secret db, key password (env PASSWORD)"], environ.Exposes);
        Assert.Equal(ExposureLevel.High, environ.Level);
        Assert.Equal(Allowed.No, Find(findings, "user", "root", Access.Environ).Allowed);
        Assert.All(findings, finding => Assert.True(finding.Verified, $"{finding.Observer} {finding.Target} {finding.Access}: {finding.Note}"));
    }

    [Fact]
    public async Task Run_TargetHasAlsoAProcessThatIsOpen_TheWorstCaseCounts()
    {
        IReadOnlyList<ExposureFinding> findings = await AuditAsync(
            ("root", [subjects.Spawn(User(0, Defaults))]),
            ("user", [subjects.Spawn(User(101), dumpable: false), subjects.Spawn(User(0, Defaults))]));
        Assert.Equal((Allowed.Direct, true), (Find(findings, "root", "user", Access.Root).Allowed, Find(findings, "root", "user", Access.Root).Verified));
    }

    [Fact]
    public async Task Run_RootsProcessIsNotDumpable_TheAttemptTellsIt()
    {
        IReadOnlyList<ExposureFinding> findings = await AuditAsync(
            ("root", [subjects.Spawn(User(0, Defaults))]), ("user", [subjects.Spawn(User(0, Defaults), dumpable: false)]));
        ExposureFinding root = Find(findings, "root", "user", Access.Root);
        Assert.Equal((Allowed.No, true), (root.Allowed, root.Verified));
        Assert.Contains("not dumpable", root.Rule);
    }

    [Fact]
    public async Task Run_ContainerThatTheSpecDoesNotName_IsLeftOut()
    {
        IReadOnlyList<ExposureFinding> findings = await AuditAsync(
            ("root", [subjects.Spawn(User(0, Defaults))]), ("user", [subjects.Spawn(User(101))]), ("removed", [subjects.Spawn(User(5))]));
        Assert.Equal(14, findings.Count);
        Assert.All(findings, finding => Assert.True(finding.Verified));
    }

    [Fact]
    public async Task Run_MoreIdentitiesThanAreLookedAt_IsSaidAndNotCalledProved()
    {
        IReadOnlyList<ExposureFinding> findings = await AuditAsync(
            ("root", [subjects.Spawn(User(0, Defaults))]), ("user", [.. Enumerable.Range(1, 10).Select(uid => subjects.Spawn(User(uid)))]));
        Assert.All(findings, finding => Assert.Null(finding.Verified));
        Assert.All(findings, finding => Assert.Equal("2 more identities of processes were not looked at", finding.Note));
    }

    [Fact]
    public async Task Run_ProcessHasEnded_ItIsNotJudged()
    {
        ExposedProcess gone = subjects.Spawn(User(7));
        System.Diagnostics.Process.GetProcessById(gone.Pid).Kill();
        await WaitUntilAsync(() => ExposedProcess.TryRead(gone.Pid) is null);
        Assert.Empty(await AuditAsync(("root", [subjects.Spawn(User(0, Defaults))]), ("user", [gone])));
    }

    [Fact]
    public async Task Run_ContainersOfOtherNamespaces_NothingIsOpenAndNothingTried()
    {
        using var others = new SubjectNamespace();
        IReadOnlyList<ExposureFinding> findings = await AuditAsync(
            ("root", [subjects.Spawn(User(0, Defaults))]), ("user", [others.Spawn(User(101))]));
        Assert.Equal(14, findings.Count);
        Assert.All(findings, finding => Assert.Equal((Allowed.No, null, ""), (finding.Allowed, finding.Verified, finding.Remedy)));
        Assert.All(findings, finding => Assert.Contains("no number for the target", finding.Note));
    }

    [Theory]
    [InlineData("SCMP_ACT_ERRNO", Refuse)]
    [InlineData("SCMP_ACT_KILL_PROCESS", Kill)]
    [InlineData("SCMP_ACT_KILL", 0)]
    public async Task Run_FilterOfTheObserverRefusesTheCall_IsClosedAndProved(string action, uint native)
    {
        ExposedProcess root = subjects.Spawn(User(0, Defaults), filter: [(KillCall, native)]);
        ExposedProcess user = subjects.Spawn(User(0));
        if (native == Refuse)
        {
            Assert.False(subjects.Ask(root, user)[(int)Access.Signal]);
        }

        IReadOnlyList<ExposureFinding> findings = await AuditAsync(Profile("kill", action), ("root", [root]), ("user", [user]));

        ExposureFinding signal = Find(findings, "root", "user", Access.Signal);
        Assert.Equal((Allowed.No, true, "", ""), (signal.Allowed, signal.Verified, signal.Note, signal.Remedy));
        Assert.Contains("seccomp", signal.Rule, StringComparison.Ordinal);
        Assert.Equal((Allowed.Direct, true), (Find(findings, "root", "user", Access.Environ).Allowed, Find(findings, "root", "user", Access.Environ).Verified));
        Assert.All(findings, finding => Assert.True(finding.Verified, $"{finding.Observer} {finding.Target} {finding.Access}: {finding.Note}"));
    }

    [Fact]
    public async Task Run_FilterRefusesTheStep_WhatNeedsItIsClosed()
    {
        Credentials gains = User(0) with { Bounding = Defaults | LinuxCapabilities.Mask("SYS_PTRACE") };
        ExposedProcess free = subjects.Spawn(gains);
        ExposedProcess root = subjects.Spawn(gains, filter: [(ExecCall, Refuse)]);
        ExposedProcess user = subjects.Spawn(User(101));

        ExposureFinding before = Find(await AuditAsync(("root", [free]), ("user", [user])), "root", "user", Access.Root);
        ExposureFinding after = Find(await AuditAsync(Profile("execve", "SCMP_ACT_ERRNO"), ("root", [root]), ("user", [user])), "root", "user", Access.Root);

        Assert.Equal((Allowed.Reachable, true), (before.Allowed, before.Verified));
        Assert.Equal((Allowed.No, true), (after.Allowed, after.Verified));
    }

    [Fact]
    public async Task Run_FilterKeepsTheProbeFromBecomingTheObserver_IsSaid()
    {
        ExposedProcess root = subjects.Spawn(User(0, Defaults), filter: [(KillCall, Allow)]);
        IReadOnlyList<ExposureFinding> findings = await AuditAsync(Profile("capset", "SCMP_ACT_ERRNO"), ("root", [root]), ("user", [subjects.Spawn(User(5))]));
        ExposureFinding signal = Find(findings, "root", "user", Access.Signal);
        Assert.Equal((Allowed.Direct, null), (signal.Allowed, signal.Verified));
        Assert.Equal("not tried: capset: Operation not permitted", signal.Note);
    }

    [Fact]
    public async Task Run_FiltersThatTheRuntimeDidNotSet_WhatIsOpenIsNotCalledProved()
    {
        ExposedProcess root = subjects.Spawn(User(0, Defaults), filter: [(KillCall, Refuse), (CapsetCall, Allow)]);
        IReadOnlyList<ExposureFinding> findings = await AuditAsync(Profile("kill", "SCMP_ACT_ERRNO"), ("root", [root]), ("user", [subjects.Spawn(User(0))]));
        Assert.Equal((Allowed.No, true), (Find(findings, "root", "user", Access.Signal).Allowed, Find(findings, "root", "user", Access.Signal).Verified));
        ExposureFinding environ = Find(findings, "root", "user", Access.Environ);
        Assert.Equal((Allowed.Direct, null), (environ.Allowed, environ.Verified));
        Assert.Equal("tried without the seccomp filters that a process has set itself", environ.Note);
    }

    [Theory]
    [InlineData(null, "the runtime tells no profile")]
    [InlineData("""{"defaultAction":"SCMP_ACT_NOTIFY"}""", "action SCMP_ACT_NOTIFY can't be copied")]
    public async Task Run_FilterThatCannotBeCopied_IsSaid(string? profile, string reason)
    {
        IReadOnlyList<ExposureFinding> findings = await AuditAsync(
            profile, ("root", [subjects.Spawn(User(0, Defaults), filter: [(KillCall, Allow)])]), ("user", [subjects.Spawn(User(0))]));
        ExposureFinding signal = Find(findings, "root", "user", Access.Signal);
        Assert.Equal((Allowed.Direct, null, $"tried without the seccomp filters: {reason}"), (signal.Allowed, signal.Verified, signal.Note));
    }

    [Fact]
    public async Task Run_Probe_LeavesNoProcessBehind()
    {
        await AuditAsync(("root", [subjects.Spawn(User(0, Defaults))]), ("user", [subjects.Spawn(User(101))]));
        await WaitUntilAsync(() => !Directory.EnumerateDirectories("/proc").Any(IsOurProbe));
        Assert.DoesNotContain(Directory.EnumerateDirectories("/proc"), IsOurProbe);
    }

    private static bool IsOurProbe(string directory)
    {
        try
        {
            return File.ReadAllText($"{directory}/cmdline").StartsWith("nacelle-probe\0", StringComparison.Ordinal)
                && File.ReadAllText($"{directory}/stat").Split(' ') is [_, _, _, var parent, ..]
                && parent == $"{Environment.ProcessId}";
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string Profile(string call, string action) =>
        $$"""{"defaultAction":"SCMP_ACT_ALLOW","architectures":["SCMP_ARCH_X86_64","SCMP_ARCH_X86"],"syscalls":[{"names":["{{call}}"],"action":"{{action}}"}]}""";

    private static Task<IReadOnlyList<ExposureFinding>> AuditAsync(params (string Name, ExposedProcess[] Processes)[] containers) => AuditAsync(null, containers);

    private static Task<IReadOnlyList<ExposureFinding>> AuditAsync(string? seccomp, params (string Name, ExposedProcess[] Processes)[] containers)
    {
        JsonObject spec = JsonNode.Parse("""
            {"shareProcessNamespace":true,"containers":[{"name":"root","image":"i"},
             {"name":"user","image":"i","env":[{"name":"PASSWORD","valueFrom":{"secretKeyRef":{"name":"db","key":"password"}}}]}]}
            """)!.AsObject();
        return LiveAudit.RunAsync(
            "pod", spec, containers.ToDictionary(c => c.Name, c => new AuditedContainer([.. c.Processes.Select(process => process.Pid)], seccomp)), TestContext.Current.CancellationToken);
    }

    private static ExposureFinding Find(IReadOnlyList<ExposureFinding> findings, string observer, string target, Access access) =>
        findings.Single(finding => finding.Observer == observer && finding.Target == target && finding.Access == access);

    private static Credentials User(long uid, ulong capabilities = 0) => new()
    {
        Uids = IdTriple.All(uid),
        Gids = IdTriple.All(uid),
        Effective = capabilities,
        Permitted = capabilities,
        Bounding = capabilities,
    };

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!condition())
        {
            await Task.Delay(10, deadline.Token);
        }
    }
}
