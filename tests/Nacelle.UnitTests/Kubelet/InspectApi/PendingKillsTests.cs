using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Nacelle.Inspect.Processes;
using Nacelle.Kubelet.InspectApi;
using Nacelle.Linux.Processes;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.InspectApi;

public sealed class PendingKillsTests : IDisposable
{
    private readonly string directory = Path.Combine(Path.GetTempPath(), $"nacelle-kills-{Guid.NewGuid():N}");
    private readonly Process sleep = Process.Start("sleep", "1000");
    private readonly List<string> killed = [];

    private KillOrderFiles Files => new(directory);

    public void Dispose()
    {
        sleep.Kill();
        sleep.Dispose();
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Add_EarlierTime_ReplacesTheOneBeforeAndIsKept()
    {
        await using (var kills = Kills())
        {
            foreach (int minutes in new[] { 60, 30, 90 })
            {
                kills.Add(Order(TimeSpan.FromMinutes(minutes)), Target());

                // So that it waits by the time it is replaced.
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }

        Assert.InRange(Assert.Single(Files.Read()).At, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddMinutes(30));
        Assert.Empty(killed);
    }

    [Fact]
    public async Task Resume_TimeIsOver_KillsAndForgets()
    {
        Files.Keep(Order(TimeSpan.FromSeconds(-1)));
        Files.Keep(Order(TimeSpan.FromSeconds(-1)) with { Uid = ProcessUid.Format(sleep.Id, 1) });
        await using var kills = Kills();

        kills.Resume();

        await sleep.WaitForExitAsync(TestContext.Current.CancellationToken);
        while (Files.Read().Count > 0)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.Equal(["m"], killed);
    }

    [Fact]
    public async Task Resume_WhatCannotBeRead_StopsNothing()
    {
        Directory.CreateDirectory(Path.Combine(directory, "kept.json"));
        await using var kills = Kills();
        kills.Resume();
        Assert.True(Directory.Exists(directory));

        File.WriteAllText(directory + ".file", "");
        await using var other = new PendingKills(new KillOrderFiles(directory + ".file"), _ => { }, TimeProvider.System, NullLogger.Instance);
        other.Resume();
        other.Add(Order(TimeSpan.FromSeconds(-1)), Target());
        await sleep.WaitForExitAsync(TestContext.Current.CancellationToken);
        File.Delete(directory + ".file");
    }

    private PendingKills Kills() => new(Files, order => killed.Add(order.Message), TimeProvider.System, NullLogger.Instance);

    private SignalTarget Target() => SignalTarget.TryOpen(sleep.Id, Start)!;

    private long Start => ProcessFacts.TryRead(sleep.Id)!.StartTicks;

    private KillOrder Order(TimeSpan left) => new()
    {
        Uid = ProcessUid.Format(sleep.Id, Start),
        At = DateTimeOffset.UtcNow + left,
        Namespace = "default",
        Pod = "nginx",
        PodUid = "u",
        Message = "m",
    };
}
