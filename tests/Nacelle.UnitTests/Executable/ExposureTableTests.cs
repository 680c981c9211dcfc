using Nacelle.Audit;
using Nacelle.Kubernetes.Exposure;
using Xunit;

namespace Nacelle.UnitTests.Executable;

public sealed class ExposureTableTests
{
    private static readonly ExposureFinding Open = new()
    {
        Pod = "p",
        Observer = "a",
        Target = "b",
        Access = Access.Root,
        Allowed = Allowed.Direct,
        Level = ExposureLevel.Medium,
        Rule = "rule one",
        Remedy = "do this",
    };

    [Fact]
    public void Of_Findings_GroupsThemWorstFirstAndEndsWithTheMatrix()
    {
        ExposureFinding[] findings =
        [
            Open,
            Open with { Access = Access.Descriptors },
            Open with { Access = Access.Memory, Level = ExposureLevel.High, Allowed = Allowed.Reachable, Steps = "setuid(1)", Rule = "rule two", Exposes = ["Secret s"], Verified = true },
            Open with { Observer = "b", Target = "a", Allowed = Allowed.No, Remedy = "", Level = ExposureLevel.Info, Note = "first; second" },
        ];
        Assert.Equal(
            """
            HEADER
            high    a -> b: memory, reachable after setuid(1), proved [1]
                    exposes Secret s
                    remedy: do this
            medium  a -> b: root, descriptors, direct [2]
                    remedy: do this
            [1] rule two
            [2] rule one

            OBSERVER -> TARGET  LIST       SIGNAL     ARGV       ENVIRON    ROOT       MEMORY     DESCRIPTORS
            a -> b              ?          ?          ?          ?          direct     reachable  direct
            b -> a              ?          ?          ?          ?          no         ?          ?
            note: first
            note: second

            """,
            ExposureTable.Of(findings, "HEADER\n"));
    }

    [Fact]
    public void Of_PairsAlike_AreOneBlock() => Assert.Contains(
        "medium  a -> b, b -> a: root, direct [1]\n", ExposureTable.Of([Open, Open with { Observer = "b", Target = "a" }], ""));

    [Fact]
    public void Of_NothingOpen_SaysSo() =>
        Assert.StartsWith("no findings\n", ExposureTable.Of([Open with { Allowed = Allowed.No }], ""));

    [Fact]
    public void Of_NothingToCompare_SaysSo() => Assert.Equal("no findings: there are no two containers that run at the same time\n", ExposureTable.Of([], ""));

    [Fact]
    public void Of_ContradictedPrediction_IsCalledADefect() => Assert.Contains(
        "prediction contradicted: defect of nacelle: a -> b root: predicted direct (rule one); it was refused\n",
        ExposureTable.Of([Open with { Verified = false, Note = "it was refused" }], ""));

    [Fact]
    public void Of_NameWithAnEscapeCode_DoesNotReachTheTerminal() =>
        Assert.DoesNotContain('\u001b', ExposureTable.Of([Open with { Exposes = ["hostPath /\u001b[2J"] }], ""));
}
