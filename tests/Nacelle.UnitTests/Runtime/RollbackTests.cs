using Microsoft.Extensions.Logging.Abstractions;
using Nacelle.Runtime;
using Xunit;

namespace Nacelle.UnitTests.Runtime;

public sealed class RollbackTests
{
    [Fact]
    public async Task UndoAsync_AStepFails_TheOthersAreUndoneAndBothFailuresTold()
    {
        var undone = new List<string>();
        var rollback = new Rollback(NullLogger.Instance);
        rollback.Add("first", () => undone.Add("first"));
        rollback.Add("second", () => throw new IOException("second is stuck"));
        rollback.Add("third", () => undone.Add("third"));

        var failure = await rollback.UndoAsync(new RuntimeException(FailureKind.InvalidArgument, "the cause"));

        Assert.Equal(["third", "first"], undone);
        Assert.Contains("the cause", failure.Message, StringComparison.Ordinal);
        Assert.Contains("second is stuck", failure.Message, StringComparison.Ordinal);
        Assert.Equal(FailureKind.InvalidArgument, Assert.IsType<RuntimeException>(failure).Kind);
    }

    [Fact]
    public async Task UndoAsync_AllSucceed_GivesTheCauseItself()
    {
        var cause = new IOException("x");

        Assert.Same(cause, await new Rollback(NullLogger.Instance).UndoAsync(cause));
    }
}
