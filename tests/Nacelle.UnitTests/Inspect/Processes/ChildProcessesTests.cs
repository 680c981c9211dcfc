using System.Diagnostics;
using Nacelle.Inspect.Processes;
using Nacelle.Linux.Processes;
using Xunit;

namespace Nacelle.UnitTests.Inspect.Processes;

public sealed class ChildProcessesTests
{
    [Fact]
    public async Task Of_ParentThatDoesNotReap_NamesWhatHasEnded()
    {
        // The shell becomes a program that never asks for its children.
        using var parent = Process.Start("sh", ["-c", "true & exec sleep 1000"]);
        try
        {
            var deadline = DateTime.UtcNow.AddSeconds(10);
            var children = new ChildProcesses();
            List<int> found;
            while ((found = children.Of(parent.Id)) is not [var child] || ProcessFacts.TryRead(child) is not { IsZombie: true })
            {
                Assert.True(DateTime.UtcNow < deadline, $"children: {string.Join(' ', found)}");
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }

            Assert.Equal(parent.Id, ProcessFacts.TryRead(found[0])!.ParentPid);
        }
        finally
        {
            parent.Kill();
            await parent.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public void Of_ProcessThatIsGone_IsEmpty() => Assert.Empty(new ChildProcesses().Of(int.MaxValue));
}
