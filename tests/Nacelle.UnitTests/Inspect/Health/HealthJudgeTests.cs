using Nacelle.Inspect.Health;
using Xunit;

namespace Nacelle.UnitTests.Inspect.Health;

public sealed class HealthJudgeTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly HealthSample Nothing = new();

    private HealthState _state = HealthState.Empty;

    [Fact]
    public void Judge_NothingEverWrong_HasNoCondition()
    {
        Assert.Empty(Look(0, Nothing));
        Assert.Empty(Look(600, Nothing));
        Assert.Null(_state.Condition);
    }

    [Fact]
    public void Judge_ZombieThatStays_IsToldOnceAfterTenSeconds()
    {
        var sample = Zombies(Zombie(12));

        Assert.Empty(Look(0, sample));
        Assert.Empty(Look(9, sample));
        Assert.Equal(["ZombiesNotReaped main PID 7 (sh) of container main does not reap its children: 1 ended process, such as PID 12 (true)"], Look(10, sample));
        Assert.Empty(Look(20, sample));
        Assert.Empty(Look(400, sample));
        Assert.Equal(
            new HealthCondition(false, "ZombiesNotReaped", "PID 7 (sh) of container main does not reap its children: 1 ended process, such as PID 12 (true)"),
            _state.Condition);
    }

    /// <summary>Ended processes that are reaped late are nobody's fault, as long as each goes in time.</summary>
    [Fact]
    public void Judge_AnotherZombieAtEachLook_IsNothing()
    {
        for (var look = 0; look < 20; look++)
        {
            Assert.Empty(Look(look * 10, Zombies(Zombie(100 + look))));
        }

        Assert.Null(_state.Condition);
    }

    [Fact]
    public void Judge_ManyZombiesOfOneParent_AreOneProblem()
    {
        var sample = Zombies([.. Enumerable.Range(20, 30).Select(pid => Zombie(pid))]);
        Look(0, sample);

        Assert.Equal(["ZombiesNotReaped main PID 7 (sh) of container main does not reap its children: 30 ended processes, such as PID 20 (true)"], Look(10, sample));
    }

    [Fact]
    public void Judge_ParentUnknown_SaysWhereTheyAre()
    {
        var sample = Zombies(Zombie(12) with { Parent = null });
        Look(0, sample);

        Assert.Equal(["ZombiesNotReaped main nobody reaps in container main: 1 ended process, such as PID 12 (true)"], Look(10, sample));
    }

    [Fact]
    public void Judge_ProblemIsGoneForAMinute_TurnsHealthyAndTellsANewOne()
    {
        Look(0, Zombies(Zombie(12)));
        Look(10, Zombies(Zombie(12)));

        Assert.Empty(Look(20, Nothing));
        Assert.False(_state.Condition!.Healthy);
        Assert.Empty(Look(69, Nothing));
        Assert.False(_state.Condition!.Healthy);
        Assert.Empty(Look(70, Nothing));
        Assert.Equal(new HealthCondition(true, "Recovered", ""), _state.Condition);

        Look(80, Zombies(Zombie(13)));
        Assert.Single(Look(90, Zombies(Zombie(13))));
        Assert.False(_state.Condition!.Healthy);
    }

    /// <summary>A parent that reaps every half minute: neither the condition nor its text changes, nothing is told again.</summary>
    [Fact]
    public void Judge_ProblemComesAndGoes_DoesNotFlap()
    {
        Look(0, Zombies(Zombie(10)));
        Look(10, Zombies(Zombie(10)));
        var condition = _state.Condition;
        for (var round = 1; round < 20; round++)
        {
            Assert.Empty(Look(round * 40, Nothing));
            Assert.Empty(Look((round * 40) + 10, Zombies(Zombie(10 + round))));
            Assert.Empty(Look((round * 40) + 20, Zombies(Zombie(10 + round), Zombie(1000 + round))));
            Assert.Equal(condition, _state.Condition);
        }
    }

    [Fact]
    public void Judge_OrphanThatStays_IsToldAndNoFault()
    {
        var sample = new HealthSample { Adopted = [Process(30), Process(31)] };
        Look(0, sample);

        Assert.Equal(["OrphansAdopted main /pause adopted 2 processes of container main whose parent ended, such as PID 30 (true)"], Look(10, sample));
        Assert.Empty(Look(20, sample));
        Assert.Null(_state.Condition);
    }

    [Theory]
    [InlineData(79, false)]
    [InlineData(80, true)]
    [InlineData(100, true)]
    public void Judge_UseOfAllowedProcesses_IsNearFromFourFifths(long current, bool near)
    {
        Assert.Equal(near ? [$"PIDLimitNear main container main has {current} of the 100 processes that it may have"] : [], Look(0, Uses("main", current)));
        Assert.Equal(near ? "PIDLimitNear" : null, _state.Condition?.Reason);
    }

    [Fact]
    public void Judge_UseSwingsAroundTheMark_StaysOneProblem()
    {
        Assert.Single(Look(0, Uses("", 81)));
        for (var look = 1; look < 50; look++)
        {
            Assert.Empty(Look(look * 10, Uses("", look % 2 == 0 ? 82 : 71)));
            Assert.False(_state.Condition!.Healthy);
        }

        Look(500, Uses("", 69));
        Look(560, Uses("", 69));
        Assert.True(_state.Condition!.Healthy);
    }

    [Fact]
    public void Judge_ForksFail_IsToldWithTheLimitAndComesFirst()
    {
        Assert.Single(Look(0, Uses("main", 85, hits: 5)));

        Assert.Equal(["PIDLimitReached main container main reached its limit of 100 processes: 3 forks failed"], Look(10, Uses("main", 85, hits: 8)));
        Assert.Equal("PIDLimitReached", _state.Condition!.Reason);
        Assert.Equal(
            "container main reached its limit of 100 processes: 3 forks failed; container main has 85 of the 100 processes that it may have",
            _state.Condition.Message);
        Assert.Empty(Look(20, Uses("main", 85, hits: 9)));
    }

    /// <summary>What failed before anybody looked was not seen, and a new container's count is not compared with its predecessor's.</summary>
    [Fact]
    public void Judge_FailedForksOfBefore_AreNoNews()
    {
        Assert.Empty(Look(0, Uses("main", 1, hits: 5)));
        Assert.Empty(Look(10, Uses("main", 1, hits: 5)));
        Assert.Empty(Look(20, Uses("main", 1, hits: 0)));
    }

    [Fact]
    public void Judge_MemoryIsLostWhileTheConditionStands_TellsNothingAgain()
    {
        Look(0, Zombies(Zombie(12)));
        Look(10, Zombies(Zombie(12)));
        var condition = _state.Condition;

        _state = HealthState.Empty with { Condition = condition };
        Assert.Empty(Look(30, Zombies(Zombie(12))));
        Assert.Empty(Look(40, Zombies(Zombie(12))));
        Assert.Equal(condition, _state.Condition);
    }

    [Fact]
    public void Judge_MemoryIsLostAndTheProblemToo_TurnsAfterAMinute()
    {
        _state = HealthState.Empty with { Condition = new HealthCondition(false, "ZombiesNotReaped", "…") };

        Look(0, Nothing);
        Look(59, Nothing);
        Assert.False(_state.Condition!.Healthy);
        Look(60, Nothing);
        Assert.True(_state.Condition!.Healthy);
    }

    private List<string> Look(int second, HealthSample sample)
    {
        var (state, news) = HealthJudge.Judge(_state, sample, Start.AddSeconds(second));
        _state = state;
        return [.. news.Select(n => $"{n.Reason} {n.Container} {n.Message}")];
    }

    private static HealthProcess Process(int pid, string name = "true") => new(1000 + pid, pid, pid, name, "main");

    private static UnreapedProcess Zombie(int pid) => new(Process(pid), Process(7, "sh"));

    private static HealthSample Zombies(params UnreapedProcess[] zombies) => new() { Unreaped = [.. zombies] };

    private static HealthSample Uses(string container, long current, long hits = 0) => new() { PidUses = [new PidUse(container, current, 100, hits)] };
}
