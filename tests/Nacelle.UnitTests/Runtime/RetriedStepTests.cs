using Microsoft.Extensions.Time.Testing;
using Nacelle.Runtime;
using Xunit;

namespace Nacelle.UnitTests.Runtime;

public sealed class RetriedStepTests : IDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly RetriedStep step = new();
    private readonly List<string> reported = [];
    private readonly CancellationTokenSource stopping = new();
    private int left;

    [Fact]
    public async Task RunAsync_StepThatSucceeds_RunsOnce()
    {
        await RunAsync(failures: 0);

        Assert.Empty(reported);
        Assert.False(step.Failed.IsCompleted);
    }

    [Fact]
    public async Task RunAsync_StepThatFails_IsTriedAgainAfterAPause()
    {
        var running = RunAsync(failures: 2);
        await step.Failed.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(running.IsCompleted);
        while (!running.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await running;
        Assert.Equal(["2 left", "1 left"], reported);
    }

    [Fact]
    public async Task MakeOptional_StepThatFails_EndsIt()
    {
        var running = RunAsync(failures: int.MaxValue);
        await step.Failed.WaitAsync(TestContext.Current.CancellationToken);
        step.MakeOptional();

        await running;
        Assert.Equal([$"{int.MaxValue} left", $"{int.MaxValue - 1} left"], reported);
    }

    [Fact]
    public async Task RunAsync_Cancelled_Ends()
    {
        var running = RunAsync(failures: int.MaxValue);
        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    public void Dispose() => stopping.Dispose();

    private Task RunAsync(int failures)
    {
        left = failures;
        return step.RunAsync(
            () => left > 0 ? throw new IOException($"{left--} left") : Task.CompletedTask,
            failure => reported.Add(failure.Message),
            time,
            stopping.Token);
    }
}
