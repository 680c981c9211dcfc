using Nacelle.Kubernetes.Exposure;
using Xunit;
using static Nacelle.UnitTests.Kubernetes.Exposure.Situations;

namespace Nacelle.UnitTests.Kubernetes.Exposure;

/// <summary>One case for each row of the table, with the row that must decide it. The kernel is asked the same in the integration tests.</summary>
public sealed class AccessRulesTests
{
    private static readonly ulong Kill = LinuxCapabilities.Mask("KILL");
    private static readonly ulong Read = LinuxCapabilities.Mask("DAC_READ_SEARCH");

    private static readonly Dictionary<string, (Func<string, AccessSituation> Situation, Allowed Allowed)> Rows = new()
    {
        ["other-namespace"] = (_ => Of(User(0, LinuxCapabilities.All), User(1)) with { Visible = false }, Allowed.No),
        ["visible"] = (_ => Of(User(1), User(2, LinuxCapabilities.All)), Allowed.Direct),
        ["same-user"] = (_ => Of(User(1), User(1, LinuxCapabilities.All)), Allowed.Direct),
        ["refused"] = (_ => Of(User(1), User(2)), Allowed.No),
        ["same-identity"] = (_ => Of(User(1, Kill), User(1, Kill)), Allowed.Direct),
        ["same-real-identity"] = (_ => Of(User(1) with { Uids = new(1, 2, 1) }, User(1)), Allowed.Direct),
        ["refused-file"] = (_ => Of(User(1, Ptrace), User(2)), Allowed.No),
        ["refused-not-dumpable"] = (_ => Of(User(1), User(1)) with { Dumpable = false }, Allowed.No),
        ["refused-capabilities"] = (_ => Of(User(1), User(1, Kill)), Allowed.No),
        ["refused-identity"] = (_ => Of(User(1, Kill), User(2)), Allowed.No),
        ["refused-scope"] = (_ => Of(User(1), User(1)) with { PtraceScope = 1 }, Allowed.No),
        ["capability"] = (access => Of(User(0, access == "signal" ? Kill : Ptrace | Read), User(2, LinuxCapabilities.All)), Allowed.Direct),
    };

    public static TheoryData<string> Names => [.. AccessRules.Table.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Judge_SituationOfARow_IsDecidedByThatRow(string name)
    {
        string[] parts = name.Split('/');
        (Func<string, AccessSituation> situation, Allowed allowed) = Rows[parts[1]];
        AccessVerdict verdict = AccessRules.Judge(Words.AccessOf(parts[0])!.Value, situation(parts[0]));
        Assert.Equal(name, verdict.Rule.Name);
        Assert.Equal(allowed, verdict.Allowed);
        Assert.NotEmpty(verdict.Rule.Sentence);
        Assert.Contains("(", verdict.Rule.Source);
    }

    [Fact]
    public void Table_EveryRow_HasANameOfItsOwn() =>
        Assert.Equal(AccessRules.Table.Length, AccessRules.Table.Select(row => row.Name).Distinct().Count());

    [Theory]
    [InlineData(1, 1, 2)]
    [InlineData(1, 2, 1)]
    [InlineData(2, 1, 1)]
    public void Environ_OneOfTheTargetsThreeIdsDiffers_IsRefused(long real, long effective, long saved)
    {
        AccessSituation situation = Of(User(1), User(1) with { Uids = new(real, effective, saved) });
        Assert.Equal(Allowed.No, AccessRules.Judge(Access.Environ, situation).Allowed);
        situation = Of(User(1), User(1) with { Gids = new(real, effective, saved) });
        Assert.Equal(Allowed.No, AccessRules.Judge(Access.Environ, situation).Allowed);
    }

    [Fact]
    public void Environ_RootWithDefaultsReadsAnotherUser_IsReachableAfterSetgidAndSetuid()
    {
        AccessVerdict verdict = AccessRules.Judge(Access.Environ, Of(User(0, LinuxCapabilities.Defaults), User(101)));
        Assert.Equal(Allowed.Reachable, verdict.Allowed);
        Assert.Equal("setgid(101), setuid(101)", string.Join(", ", verdict.State.Steps));
    }

    [Fact]
    public void Environ_TargetChangedItsUserWithoutExec_StepsDoNotHelp()
    {
        AccessSituation situation = Of(User(0, LinuxCapabilities.Defaults), User(101)) with { Dumpable = false };
        AccessVerdict verdict = AccessRules.Judge(Access.Environ, situation);
        Assert.Equal((Allowed.No, "environ/refused-not-dumpable"), (verdict.Allowed, verdict.Rule.Name));
    }

    [Fact]
    public void Memory_CapabilityPermittedButNotEffective_IsReachableAfterCapset()
    {
        AccessVerdict verdict = AccessRules.Judge(Access.Memory, Of(User(1, 0, Ptrace), User(2)));
        Assert.Equal("capset(permitted)", string.Join(", ", verdict.State.Steps));
        Assert.Equal("memory/capability", verdict.Rule.Name);
    }

    [Fact]
    public void Memory_CapabilityOnlyInTheBoundingSetOfRoot_IsReachableByExec()
    {
        AccessSituation situation = Of(User(0, 0, 0, Ptrace), User(2, Kill));
        Assert.Equal("exec", string.Join(", ", AccessRules.Judge(Access.Memory, situation).State.Steps));
        situation = situation with { Observer = situation.Observer with { NoNewPrivileges = true } };
        Assert.Equal(Allowed.No, AccessRules.Judge(Access.Memory, situation).Allowed);
    }

    [Fact]
    public void Root_UserWithRootAsItsSavedId_BecomesRootAgain()
    {
        AccessSituation situation = Of(User(1) with { Uids = new(1, 1, 0), Gids = IdTriple.All(0) }, User(0));
        AccessVerdict verdict = AccessRules.Judge(Access.Root, situation);
        Assert.Equal("setuid(0)", string.Join(", ", verdict.State.Steps));
    }

    [Fact]
    public void Environ_TargetInAUserNamespaceBelow_NeedsTheCapability()
    {
        AccessSituation situation = Of(User(1), User(1)) with { UserNamespaces = UserNamespaceRelation.Below };
        Assert.Equal("environ/refused-capabilities", AccessRules.Judge(Access.Environ, situation).Rule.Name);
        situation = situation with { Observer = User(1, Ptrace) };
        Assert.Equal("environ/capability", AccessRules.Judge(Access.Environ, situation).Rule.Name);
        situation = situation with { UserNamespaces = UserNamespaceRelation.Elsewhere };
        Assert.Equal(Allowed.No, AccessRules.Judge(Access.Environ, situation).Allowed);
    }

    [Theory]
    [InlineData(0, Allowed.Direct)]
    [InlineData(1, Allowed.No)]
    [InlineData(2, Allowed.No)]
    [InlineData(3, Allowed.No)]
    public void Memory_PtraceScope_LeavesReadAccessesAlone(int scope, Allowed expected)
    {
        AccessSituation situation = Of(User(1), User(1)) with { PtraceScope = scope };
        Assert.Equal(expected, AccessRules.Judge(Access.Memory, situation).Allowed);
        Assert.Equal(Allowed.Direct, AccessRules.Judge(Access.Environ, situation).Allowed);
    }
}
