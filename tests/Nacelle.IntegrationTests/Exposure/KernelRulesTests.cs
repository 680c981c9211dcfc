using Nacelle.Inspect.Exposure;
using Nacelle.Kubernetes.Exposure;
using Xunit;

namespace Nacelle.IntegrationTests.Exposure;

/// <summary>
/// Holds the rules against the kernel: processes with chosen credentials try each other themselves, and the probe tries as them, in every state
/// that the rules tell apart. Both must agree with the table.
/// </summary>
public sealed class KernelRulesTests : IDisposable
{
    private static readonly ulong Kill = LinuxCapabilities.Mask("KILL");
    private static readonly ulong Ptrace = LinuxCapabilities.Mask("SYS_PTRACE");
    private static readonly ulong Read = LinuxCapabilities.Mask("DAC_READ_SEARCH");
    private static readonly ulong SetIds = LinuxCapabilities.Mask("SETUID", "SETGID");

    private static readonly Dictionary<string, (Func<string, Credentials> Observer, Credentials Target, bool Dumpable)> Rows = new()
    {
        ["visible"] = (_ => User(1), User(2, Kill), true),
        ["same-user"] = (_ => User(1), User(1, Kill), true),
        ["refused"] = (_ => User(1), User(2), true),
        ["same-identity"] = (_ => User(1, Kill), User(1, Kill), true),
        ["same-real-identity"] = (_ => User(1) with { Uids = new(1, 2, 1) }, User(1), true),
        ["capability"] = (access => User(0, access == "signal" ? Kill : Ptrace | Read), User(2, Kill), true),
        ["refused-file"] = (_ => User(1, Ptrace), User(2), true),
        ["refused-not-dumpable"] = (_ => User(1), User(1), false),
        ["refused-capabilities"] = (_ => User(1), User(1, Kill), true),
        ["refused-identity"] = (_ => User(1, Kill), User(2), true),
    };

    private readonly SubjectNamespace subjects = new();

    // The other two are below: another namespace needs two of them, and Yama is not in every kernel.
    public static TheoryData<string> Names =>
        [.. AccessRules.Table.Select(row => row.Name).Where(name => !name.EndsWith("/other-namespace", StringComparison.Ordinal) && name != "memory/refused-scope")];

    public void Dispose() => subjects.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Table_RowAgainstTheKernel_TheKernelAgrees(string name)
    {
        string[] parts = name.Split('/');
        var access = Words.AccessOf(parts[0])!.Value;
        var (observerOf, targetIdentity, dumpable) = Rows[parts[1]];
        ExposedProcess observer = subjects.Spawn(observerOf(parts[0]));
        ExposedProcess target = subjects.Spawn(targetIdentity, dumpable);
        AccessVerdict verdict = AccessRules.Judge(access, observer.Identity.Towards(target.Identity, 0));
        Assert.Equal(name, verdict.Rule.Name);
        Assert.Equal(verdict.Allowed == Allowed.Direct, subjects.Ask(observer, target)[(int)access]);
        await AssertProbeAgreesAsync(observer, [target]);
    }

    [Fact]
    public async Task Table_EveryPairOfManyIdentities_TheKernelAgrees()
    {
        ulong defaults = LinuxCapabilities.Defaults;
        Credentials[] identities =
        [
            User(0, LinuxCapabilities.All & Available), User(0, defaults), User(0, defaults | Ptrace), User(0), User(101), User(101, Kill),
            User(101, 0, Ptrace), User(101, Ptrace), User(101, SetIds), User(101, Ptrace | SetIds), User(0, 0, 0, defaults | Ptrace),
            User(0, 0, 0, defaults | Ptrace) with { NoNewPrivileges = true }, User(101) with { Uids = new(101, 101, 0) }, User(101) with { Uids = new(0, 101, 101) },
            User(101) with { Gids = IdTriple.All(0) }, User(7) with { Gids = new(7, 101, 7) }, User(0, SetIds, SetIds, Ptrace | SetIds),
            User(101, 0, 0, defaults) with { Uids = new(101, 101, 0) }, User(5, Read | Ptrace, Read | Ptrace | Kill),
        ];
        List<ExposedProcess> processes = [.. identities.Select(identity => subjects.Spawn(identity)), .. identities.Select(identity => subjects.Spawn(identity, dumpable: false))];
        int compared = 0;
        foreach (ExposedProcess observer in processes)
        {
            foreach (ExposedProcess target in processes.Where(target => target != observer))
            {
                IReadOnlyList<bool> could = subjects.Ask(observer, target);
                AccessSituation situation = observer.Identity.Towards(Known(target, processes, identities.Length), 0);
                foreach (Access access in Enum.GetValues<Access>())
                {
                    Assert.True(
                        could[(int)access] == AccessRules.Granting(access, situation) is not null,
                        $"{Words.Of(access)}: {situation.Observer.Key} on {situation.Target.Key} dumpable {situation.Dumpable}: the process could: {could[(int)access]}");
                    compared++;
                }
            }

            await AssertProbeAgreesAsync(observer, [.. processes.Where(target => target != observer)], target => Known(target, processes, identities.Length));
        }

        Assert.Equal(processes.Count * (processes.Count - 1) * 7, compared);
    }

    [Fact]
    public void Visible_ProcessOfAnotherNamespace_HasNoNumberThere()
    {
        using var others = new SubjectNamespace();
        ExposedProcess observer = subjects.Spawn(User(0, Available));
        ExposedProcess target = others.Spawn(User(1));
        Assert.Null(target.PidFor(observer));
        Assert.All(Enum.GetValues<Access>(), access =>
            Assert.Equal($"{Words.Of(access)}/other-namespace", AccessRules.Judge(access, observer.Identity.Towards(target.Identity, 0)).Rule.Name));

        // The only numbers that the observer's /proc has are those of its own namespace.
        var numbers = Directory.EnumerateDirectories($"/proc/{observer.Pid}/root/proc").Select(Path.GetFileName).ToHashSet();
        Assert.DoesNotContain($"{target.Pid}", numbers);
    }

    [Theory]
    [InlineData(101, true, true)]
    [InlineData(101, false, false)]
    [InlineData(0, true, null)]
    public void TryRead_Dumpable_IsToldByWhoOwnsItsFiles(long uid, bool dumpable, bool? expected) =>
        Assert.Equal(expected, subjects.Spawn(User(uid), dumpable).Identity.Dumpable);

    private static ulong Available { get; } =
        Convert.ToUInt64(File.ReadLines("/proc/self/status").First(line => line.StartsWith("CapBnd:", StringComparison.Ordinal))[7..].Trim(), 16);

    private static Credentials User(long uid, ulong effective = 0, ulong? permitted = null, ulong? bounding = null) => new()
    {
        Uids = IdTriple.All(uid),
        Gids = IdTriple.All(uid),
        Effective = effective,
        Permitted = permitted ?? effective,
        Bounding = bounding ?? permitted ?? effective,
    };

    /// <summary>What the test knows of a process of root and the outside does not.</summary>
    private static ProcessIdentity Known(ExposedProcess process, List<ExposedProcess> processes, int dumpable) =>
        process.Identity with { Dumpable = processes.IndexOf(process) < dumpable };

    private static async Task AssertProbeAgreesAsync(
        ExposedProcess observer, IReadOnlyList<ExposedProcess> targets, Func<ExposedProcess, ProcessIdentity>? known = null)
    {
        Attempt[] attempts =
        [
            .. targets.SelectMany(target => ObserverState.Of(observer.Identity.Credentials, target.Identity.Credentials)
                .Select(state => new Attempt(target, target.PidFor(observer)!.Value, state))),
        ];
        var outcomes = await ExposureProbe.RunAsync(observer, [], attempts, TestContext.Current.CancellationToken);
        Assert.Equal(attempts.Length * 7, outcomes.Count);
        foreach (((int index, Access access), AttemptOutcome outcome) in outcomes)
        {
            ProcessIdentity target = known?.Invoke(attempts[index].Target) ?? attempts[index].Target.Identity;
            AccessSituation situation = observer.Identity.Towards(target, 0) with { Observer = attempts[index].State.Credentials };
            Assert.True(
                outcome.Open == AccessRules.Granting(access, situation) is not null,
                $"{Words.Of(access)} after [{string.Join(", ", attempts[index].State.Steps)}]: {observer.Identity.Key} on {target.Key}: {outcome}");
        }
    }
}
