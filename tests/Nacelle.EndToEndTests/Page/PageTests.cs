using System.Text.RegularExpressions;
using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.Page;

/// <summary>The documentation page "Share Process Namespace between Containers in a Pod", word for word.</summary>
public sealed partial class PageTests
{
    private const int Attaches = 50;

    public static TheoryData<string> KubectlVersions => [.. KubectlBinary.All.Select(binary => binary.Version)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(KubectlVersions))]
    public Task Page_AttachedToTheShell_ShowsWhatThePagePrints(string version)
        => NacelleInstance.RunAsync(nacelle => PlayAsync(nacelle, version), Cancellation);

    [Fact]
    public Task Page_FourProcesses_ShowsWhatThePagePrints()
        => NacelleInstance.RunAsync(nacelle => PlayAsync(nacelle, KubectlBinary.Newest.Version), Cancellation, separateParts: true);

    [Theory]
    [MemberData(nameof(KubectlVersions))]
    public Task Page_PresentEnglishEdition_ShowsTheSameFromAnExecutedShell(string version) => NacelleInstance.RunAsync(
        async nacelle =>
        {
            var kubectl = nacelle.KubectlOf(KubectlBinary.Of(version));
            var page = new PageDialogue(kubectl, Cancellation);
            // The edition's manifest: the same Pod, whose second container sleeps.
            var manifest = (await File.ReadAllTextAsync(PageDialogue.Manifest, Cancellation))
                .Replace("    image: busybox\n", "    image: busybox\n    command: [\"sleep\", \"3600\"]\n", StringComparison.Ordinal);
            Assert.Contains("sleep", manifest);
            await kubectl.RunAsync("apply -f -", Cancellation, manifest);
            await page.WaitUntilReadyAsync();

            var (terminal, shell) = await page.ExecAsync();
            await using (terminal)
            {
                var processes = await page.LookAroundAsync(shell);
                Assert.Contains(processes, process => process is { User: "root", Command: "sleep 3600" });
                terminal.Type("exit 3\r");
                Assert.NotEqual(0, await terminal.WaitForExitAsync(TimeSpan.FromSeconds(10), Cancellation));
                Assert.Contains("command terminated with exit code 3", terminal.Transcript);
            }
        },
        Cancellation);

    [Fact]
    public Task Page_FiftyAttachesInARow_NoneHangs() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            var page = new PageDialogue(nacelle.Kubectl, Cancellation);
            await page.ApplyAsync();
            for (var i = 0; i < Attaches; i++)
            {
                var (terminal, shell) = await page.AttachAsync();
                await using (terminal)
                {
                    Assert.Equal([$"attach {i}"], await shell.RunAsync($"echo attach {i}", Cancellation));
                }
            }
        },
        Cancellation);

    [Fact]
    public Task Page_Deleted_EndsWithItsGracePeriod() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            var page = new PageDialogue(nacelle.Kubectl, Cancellation);
            await page.ApplyAsync();

            Assert.StartsWith("pod \"nginx\" deleted", await page.TypeAsync("delete pod nginx", TimeSpan.FromSeconds(60)));
            Assert.StartsWith("No resources found", await page.TypeAsync("get pods"));
        },
        Cancellation);

    private static async Task PlayAsync(NacelleInstance nacelle, string version)
    {
        var page = new PageDialogue(nacelle.KubectlOf(KubectlBinary.Of(version)), Cancellation);
        var versions = await page.TypeAsync("version");
        Assert.Contains("Client Version: v1.", versions);
        Assert.Contains("Server Version: v1.36", versions);

        await page.ApplyAsync();
        Assert.Matches(RunningPod(), await page.TypeAsync("get pods"));

        IReadOnlyList<ProcessLine> before;
        var (terminal, shell) = await page.AttachAsync();
        await using (terminal)
        {
            before = await page.LookAroundAsync(shell);
        }

        // kubectl has no key to detach: closing the terminal leaves the shell running, to be found again as it was.
        (terminal, shell) = await page.AttachAsync();
        await using (terminal)
        {
            var again = await page.ListAsync(shell);
            Assert.Equal(before.Where(process => !PageDialogue.IsList(process)), again.Where(process => !PageDialogue.IsList(process)));
        }

        Assert.Matches(RunningPod(), await page.TypeAsync("get pods"));
        Assert.StartsWith("pod \"nginx\" deleted", await page.TypeAsync("delete pod nginx --grace-period=1"));
    }

    [GeneratedRegex(@"^NAME +READY +STATUS +RESTARTS +AGE\nnginx +2/2 +Running +0 +\d+s$")]
    private static partial Regex RunningPod();
}
