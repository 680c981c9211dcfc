using Microsoft.Extensions.Time.Testing;
using Nacelle.Runtime.Streaming;
using Runtime.V1;
using Xunit;

namespace Nacelle.UnitTests.Runtime.Streaming;

public sealed class StreamTokensTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void Take_SecondTime_GivesNothing()
    {
        var tokens = new StreamTokens(new StreamingOptions(), time);
        var request = new ExecRequest { ContainerId = "c" };
        var token = tokens.Add(request);

        Assert.Same(request, tokens.Take<ExecRequest>(token));
        Assert.Null(tokens.Take<ExecRequest>(token));
    }

    [Fact]
    public void Take_AfterLifetime_GivesNothing()
    {
        var tokens = new StreamTokens(new StreamingOptions(), time);
        var token = tokens.Add(new ExecRequest());
        time.Advance(TimeSpan.FromSeconds(61));

        Assert.Null(tokens.Take<ExecRequest>(token));
    }

    [Fact]
    public void Take_OtherKind_LeavesTheTokenToItsOwn()
    {
        var tokens = new StreamTokens(new StreamingOptions(), time);
        var token = tokens.Add(new AttachRequest());

        Assert.Null(tokens.Take<ExecRequest>(token));
        Assert.NotNull(tokens.Take<AttachRequest>(token));
    }

    [Fact]
    public void Add_TooManyWaiting_ThrowsUntilSomeExpire()
    {
        var tokens = new StreamTokens(new StreamingOptions { MaximumTokens = 2 }, time);
        tokens.Add(new ExecRequest());
        tokens.Add(new ExecRequest());
        Assert.Throws<StreamingBusyException>(() => tokens.Add(new ExecRequest()));

        time.Advance(TimeSpan.FromSeconds(61));

        Assert.NotNull(tokens.Take<ExecRequest>(tokens.Add(new ExecRequest())));
    }
}
