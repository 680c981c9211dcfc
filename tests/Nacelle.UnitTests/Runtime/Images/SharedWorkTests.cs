using Nacelle.Runtime.Images;
using Xunit;

namespace Nacelle.UnitTests.Runtime.Images;

public sealed class SharedWorkTests
{
    [Fact]
    public async Task RunAsync_SameKeyAtTheSameTime_RunsOnce()
    {
        SharedWork<string, int> work = new();
        TaskCompletionSource<int> result = new();
        int runs = 0;
        Task<int>[] callers = [.. Enumerable.Range(0, 5).Select(_ => work.RunAsync("k", _ => { runs++; return result.Task; }, CancellationToken.None))];
        result.SetResult(7);

        Assert.All(await Task.WhenAll(callers), value => Assert.Equal(7, value));
        Assert.Equal(1, runs);
        Assert.Equal(8, await work.RunAsync("k", _ => Task.FromResult(8), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task RunAsync_OneGivesUp_TheOtherGetsItsResult()
    {
        SharedWork<string, int> work = new();
        TaskCompletionSource<int> result = new();
        using CancellationTokenSource impatient = new();
        Task<int> first = work.RunAsync("k", _ => result.Task, impatient.Token);
        Task<int> second = work.RunAsync("k", _ => result.Task, CancellationToken.None);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        result.SetResult(1);

        Assert.Equal(1, await second);
    }

    [Fact]
    public async Task RunAsync_AllGiveUp_CancelsTheWorkAndWaitsForItsEnd()
    {
        SharedWork<string, int> work = new();
        using CancellationTokenSource cancellation = new();
        TaskCompletionSource started = new();
        bool cleaned = false;
        Task<int> only = work.RunAsync(
            "k",
            async token =>
            {
                try
                {
                    started.SetResult();
                    await Task.Delay(Timeout.Infinite, token);
                    return 0;
                }
                finally
                {
                    await Task.Yield();
                    cleaned = true;
                }
            },
            cancellation.Token);
        await started.Task;
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => only);
        Assert.True(cleaned);
    }

    [Fact]
    public async Task RunAsync_Failure_ReachesEveryCallerAndIsNotRemembered()
    {
        SharedWork<string, int> work = new();
        TaskCompletionSource<int> result = new();
        Task<int>[] callers = [work.RunAsync("k", _ => result.Task, CancellationToken.None), work.RunAsync("k", _ => result.Task, CancellationToken.None)];
        result.SetException(new ImageException(ImageError.Corrupt, "bad"));

        foreach (Task<int> caller in callers)
        {
            await Assert.ThrowsAsync<ImageException>(() => caller);
        }

        Assert.Equal(2, await work.RunAsync("k", _ => Task.FromResult(2), TestContext.Current.CancellationToken));
    }
}
