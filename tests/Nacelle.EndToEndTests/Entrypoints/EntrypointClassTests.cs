using System.Text.RegularExpressions;
using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.Entrypoints;

/// <summary>
/// What is said about an entrypoint before it starts, held to what the real program then does: it ends, it runs and complains, or it runs.
/// </summary>
public sealed class EntrypointClassTests
{
    private const string Refuses = "insists on being PID 1";
    private const string Degrades = "is not PID 1";
    private const string Fine = "";

    /// <summary>Image; its class; exit code where it ends, by namespace; words of its log when it is not PID 1, and when it is.</summary>
    private static readonly (string Image, string Class, string ExitCodes, string Log, string LogAsPid1)[] Programs =
    [
        // Whether systemd as telinit reports an error depends on whose init it finds.
        ("systemd", Refuses, "0 1", "", ""),
        ("runit", Refuses, "111", "must be run as process no 1", "second stage"),
        ("s6-overlay", Refuses, "100", "can only run as pid 1", ""),
        ("busybox-init", Refuses, "1", "must be run as PID 1", "activate this console"),
        ("sysvinit", Refuses, "1", "Usage: init", ""),
        ("openrc", Refuses, "1", "", "OpenRC"),
        ("finit", Refuses, "1", "Usage: finit", "Finit v"),
        ("tini", Degrades, "", "Tini is not running as PID 1", ""),
        ("dumb-init", Fine, "", "", ""),
        ("catatonit", Fine, "", "", ""),
        ("runsvdir", Fine, "", "", ""),
        ("s6", Fine, "", "", ""),
        ("supervisor", Fine, "", "entered RUNNING state", "entered RUNNING state"),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("shareProcessNamespace: true", "/pause is (shareProcessNamespace: true)", "Set shareProcessNamespace: false, or ")]
    [InlineData("hostPID: true", "the machine's init is (hostPID: true)", "Set hostPID: false, or ")]
    public Task Apply_NotPid1_EachProgramDoesWhatWasSaid(string field, string first, string remedy) => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await ApplyAllAsync(nacelle.Kubectl, field);

            foreach (var program in Programs)
            {
                var state = await EntrypointPod.StateAsync(nacelle.Kubectl, program.Image, program.Class == Refuses, program.Log, Cancellation);
                var log = await EntrypointPod.LogAsync(nacelle.Kubectl, program.Image, Cancellation);
                var said = await EntrypointPod.SaidAsync(nacelle.Kubectl, program.Image, Cancellation);

                var exitCode = state["terminated"]?["exitCode"]?.ToString();
                var did = exitCode is not null ? Refuses : Regex.IsMatch(log, @"\bPID 1\b", RegexOptions.IgnoreCase) ? Degrades : Fine;
                Assert.Equal($"{program.Image}: {program.Class}", $"{program.Image}: {did}");
                Assert.Contains(program.Log, log, StringComparison.Ordinal);
                if (exitCode is not null)
                {
                    Assert.Contains(exitCode, program.ExitCodes.Split(' '));
                }

                if (did.Length == 0)
                {
                    Assert.Empty(said);
                    continue;
                }

                var text = Assert.Single(said);
                Assert.StartsWith("Warning spec.containers{main} ", text, StringComparison.Ordinal);
                Assert.Contains($" {did}, ", text, StringComparison.Ordinal);
                Assert.Contains(first, text, StringComparison.Ordinal);
                Assert.Contains(did == Refuses ? remedy : "Set TINI_SUBREAPER=1 in env, or run tini -s.", text, StringComparison.Ordinal);
            }

            Assert.Equal(Names(program => program.Class != Refuses), await EntrypointPod.RunningAsync(nacelle.Kubectl, Cancellation));
        },
        Cancellation);

    [Fact]
    public Task Apply_OwnNamespace_EachProgramIsPid1AndNothingIsSaid() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await ApplyAllAsync(nacelle.Kubectl, "shareProcessNamespace: false");

            foreach (var program in Programs)
            {
                var state = await EntrypointPod.StateAsync(nacelle.Kubectl, program.Image, program.Image == "systemd", program.LogAsPid1, Cancellation);
                var log = await EntrypointPod.LogAsync(nacelle.Kubectl, program.Image, Cancellation);

                Assert.Empty(await EntrypointPod.SaidAsync(nacelle.Kubectl, program.Image, Cancellation));
                Assert.DoesNotMatch("(?i)must be|only run as|not running as|usage", log);
                // As PID 1 systemd begins to boot, and misses the mounts and capabilities that it needs in any container.
                Assert.Equal(program.Image == "systemd" ? "255" : null, state["terminated"]?["exitCode"]?.ToString());
            }

            Assert.Equal(Names(program => program.Image != "systemd"), await EntrypointPod.RunningAsync(nacelle.Kubectl, Cancellation));
        },
        Cancellation);

    private static IEnumerable<string> Names(Func<(string Image, string Class, string, string, string), bool> which) =>
        Programs.Where(which).Select(program => program.Image).Order(StringComparer.Ordinal);

    private static Task<string> ApplyAllAsync(Kubectl kubectl, string field) =>
        kubectl.RunAsync("apply -f -", Cancellation, string.Concat(Programs.Select(program => EntrypointPod.Manifest(program.Image, field))));
}
