using Microsoft.Extensions.Time.Testing;
using Nacelle.Kubelet.PodWorkers;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.PodWorkers;

public sealed class CrashBackoffTests
{
    private readonly FakeTimeProvider _time = new(Pods.Epoch);
    private readonly CrashBackoff _backoff;

    public CrashBackoffTests() => _backoff = new CrashBackoff(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5), _time);

    [Fact]
    public void Remaining_FirstFailure_WaitsNothing() => Assert.Equal(TimeSpan.Zero, _backoff.Remaining("k", _time.GetUtcNow()));

    [Fact]
    public void Next_RepeatedCrashes_DoublesToFiveMinutes()
    {
        var delays = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            var failedAt = _time.GetUtcNow();
            delays.Add(_backoff.Remaining("k", failedAt).TotalSeconds);
            _time.Advance(_backoff.Remaining("k", failedAt));
            _backoff.Next("k", failedAt);
        }

        Assert.Equal([0, 10, 20, 40, 80, 160, 300, 300], delays);
    }

    [Fact]
    public void Remaining_RanLongerThanTwiceTheLimit_StartsOver()
    {
        _backoff.Next("k", _time.GetUtcNow());
        _backoff.Next("k", _time.GetUtcNow());
        _time.Advance(TimeSpan.FromMinutes(11));

        var failedAt = _time.GetUtcNow();

        Assert.Equal(TimeSpan.Zero, _backoff.Remaining("k", failedAt));
        _backoff.Next("k", failedAt);
        Assert.Equal(TimeSpan.FromSeconds(10), _backoff.Delay("k"));
    }

    [Fact]
    public void Forget_Prefix_LeavesOthers()
    {
        _backoff.Next("a/1", _time.GetUtcNow());
        _backoff.Next("b/1", _time.GetUtcNow());

        _backoff.Forget("a/");

        Assert.Equal(TimeSpan.Zero, _backoff.Delay("a/1"));
        Assert.Equal(TimeSpan.FromSeconds(10), _backoff.Delay("b/1"));
    }
}
