using System.Collections.Immutable;
using Nacelle.Inspect.Processes;
using Nacelle.Linux.Processes;
using Xunit;

namespace Nacelle.UnitTests.Inspect.Processes;

public sealed class SignalTargetTests
{
    private static readonly ImmutableArray<int> Init = [500, 1];
    private static readonly ImmutableArray<int> Child = [501, 7];
    private static readonly ImmutableArray<int> HostInit = [1];

    [Fact]
    public void Foresee_FirstOfItsNamespaceWithoutHandler_IsDropped()
    {
        Assert.Equal(SignalOutlook.Dropped, Foresee(Signal.Hangup, Init));
        Assert.Equal(SignalOutlook.Dropped, Foresee(Signal.Terminate, [500, 30, 1]));
    }

    [Theory]
    [InlineData(Signal.Kill)]
    [InlineData(Signal.Stop)]
    [InlineData(Signal.Continue)]
    public void Foresee_KillStopAndContinue_AreAlwaysTaken(Signal signal) =>
        Assert.Equal(SignalOutlook.Takes, SignalTarget.Foresee(signal, new StatusFile { NamespacePids = [500, 1], IgnoredSignals = ulong.MaxValue }));

    [Fact]
    public void Foresee_FirstOfItsNamespaceWithHandler_IsTaken() =>
        Assert.Equal(SignalOutlook.Takes, Foresee(Signal.Hangup, Init, caught: Bit(Signal.Hangup)));

    /// <summary>tini, catatonit and others block everything and ask for it with sigwaitinfo(2): the kernel keeps such a signal for them.</summary>
    [Fact]
    public void Foresee_FirstOfItsNamespaceThatBlocks_IsTaken() =>
        Assert.Equal(SignalOutlook.Takes, Foresee(Signal.Terminate, Init, blocked: Bit(Signal.Terminate)));

    [Fact]
    public void Foresee_HandlerOfAnotherSignal_DoesNotCount() =>
        Assert.Equal(SignalOutlook.Dropped, Foresee(Signal.Hangup, Init, caught: ~Bit(Signal.Hangup)));

    [Fact]
    public void Foresee_Other_TakesTheDefaultAction() => Assert.Equal(SignalOutlook.Takes, Foresee(Signal.Hangup, Child));

    [Fact]
    public void Foresee_ProcessOfTheHostsNamespace_IsNoFirstOfAnother() => Assert.Equal(SignalOutlook.Takes, Foresee(Signal.Hangup, HostInit));

    [Fact]
    public void Foresee_Ignored_SaysSo() => Assert.Equal(SignalOutlook.Ignores, Foresee(Signal.Hangup, Child, ignored: Bit(Signal.Hangup)));

    [Fact]
    public void Foresee_RealTime_LooksAtItsOwnBit()
    {
        Assert.Equal(SignalOutlook.Dropped, Foresee((Signal)64, Init));
        Assert.Equal(SignalOutlook.Takes, Foresee((Signal)64, Init, caught: 1UL << 63));
    }

    private static ulong Bit(Signal signal) => 1UL << ((int)signal - 1);

    private static SignalOutlook Foresee(Signal signal, ImmutableArray<int> pids, ulong blocked = 0, ulong ignored = 0, ulong caught = 0) =>
        SignalTarget.Foresee(
            signal, new StatusFile { NamespacePids = [.. pids], BlockedSignals = blocked, IgnoredSignals = ignored, CaughtSignals = caught });
}
