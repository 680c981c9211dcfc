using Nacelle.Kubelet.Node;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.Node;

public sealed class PressureConditionsTests
{
    private static readonly MachineUse Idle = new(1L << 30, 1000, 500, 100, 1000);

    public static TheoryData<MachineUse, string> Uses => new()
    {
        { Idle, "MemoryPressure=False/KubeletHasSufficientMemory DiskPressure=False/KubeletHasNoDiskPressure PIDPressure=False/KubeletHasSufficientPID" },
        {
            Idle with { MemoryAvailableBytes = (100 << 20) - 1 },
            "MemoryPressure=True/KubeletHasInsufficientMemory DiskPressure=False/KubeletHasNoDiskPressure PIDPressure=False/KubeletHasSufficientPID"
        },
        {
            Idle with { DiskFreeBytes = 19 },
            "MemoryPressure=False/KubeletHasSufficientMemory DiskPressure=True/KubeletHasDiskPressure PIDPressure=False/KubeletHasSufficientPID"
        },
        {
            Idle with { Processes = 951 },
            "MemoryPressure=False/KubeletHasSufficientMemory DiskPressure=False/KubeletHasNoDiskPressure PIDPressure=True/KubeletHasInsufficientPID"
        },
    };

    [Theory]
    [MemberData(nameof(Uses))]
    public void Of_Use_IsWordedAsTheKubeletDoes(MachineUse use, string expected) =>
        Assert.Equal(expected, string.Join(' ', PressureConditions.Of(use, DateTime.UnixEpoch).Select(c => $"{c.Type}={c.Status}/{c.Reason}")));

    [Fact]
    public void Read_ThisMachine_IsPlausible()
    {
        var use = MachineUse.Read("/");

        Assert.InRange(use.MemoryAvailableBytes, 1, long.MaxValue);
        Assert.InRange(use.DiskFreeBytes, 0, use.DiskTotalBytes);
        Assert.InRange(use.Processes, 1, use.MaxProcesses);
    }

    [Fact]
    public void AvailableMemory_Lines_AreReadInKilobytes() =>
        Assert.Equal(2048 * 1024, MachineUse.AvailableMemory(["MemTotal:       8000 kB", "MemAvailable:       2048 kB"]));

    [Fact]
    public void Threads_LoadAverage_IsTheSecondNumber() => Assert.Equal(142, MachineUse.Threads("0.01 0.02 0.00 1/142 4711\n"));
}
