using Nacelle.EndToEndTests.Page;
using Nacelle.EndToEndTests.Rig;
using Nacelle.EndToEndTests.Terminals;
using Xunit;

namespace Nacelle.EndToEndTests.Commands;

public sealed class TreeCommandTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Tree_PodOfThePage_ShowsItsContainersAndFitsTheTerminal() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            var page = new PageDialogue(nacelle.Kubectl, Cancellation);
            await page.ApplyAsync();

            var tree = (await TreeAsync(nacelle, "nginx")).Succeeded();

            Assert.Matches(@"^ *PID  USER +CONTAINER +COMMAND\n", tree);
            Assert.Matches(@"\n +1  \S+ +- +/pause\n", tree);
            Assert.Matches(@"\n +\d+  root +nginx +nginx: master process nginx -g daemon off;\n +\d+  (nginx|101) +nginx +\S{2}nginx: worker process\n", tree);
            Assert.Matches(@"\n +\d+  root +shell +sh\n", tree);

            const int Columns = 40;
            await using var terminal = Terminal.Start(
                NacelleProcess.ExecutablePath, ["tree", "nginx", "--run-dir", nacelle.Layout.RunDirectory], new Dictionary<string, string?> { ["LC_ALL"] = "C.UTF-8" }, Columns);
            Assert.Equal(0, await terminal.WaitForExitAsync(TimeSpan.FromSeconds(20), Cancellation));
            var lines = terminal.Transcript.TrimEnd().Split('\n');
            Assert.Equal(tree.TrimEnd().Split('\n').Length, lines.Length);
            Assert.Contains(lines, line => line.Contains("└─nginx", StringComparison.Ordinal));
        },
        Cancellation);

    [Fact]
    public Task Tree_NoSuchPod_IsOneLine() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            var tree = await TreeAsync(nacelle, "none");

            Assert.Equal(1, tree.ExitCode);
            Assert.Equal("nacelle: tree: pods \"none\" not found\n", tree.Errors);
        },
        Cancellation);

    private static Task<CommandResult> TreeAsync(NacelleInstance nacelle, string pod)
        => NacelleInstance.NacelleAsync(["tree", pod, "--run-dir", nacelle.Layout.RunDirectory], Cancellation);
}
