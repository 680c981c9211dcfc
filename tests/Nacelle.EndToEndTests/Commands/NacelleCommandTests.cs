using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.Commands;

/// <summary>The commands of nacelle itself that start no part: what they print, and how they exit.</summary>
public sealed class NacelleCommandTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task VersionAndDoctor_InstanceThatRuns_FindItOnItsSocket() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            string[] instance = ["--run-dir", nacelle.Layout.RunDirectory];

            var version = (await NacelleInstance.NacelleAsync(["version", .. instance], Cancellation)).Succeeded();
            var doctor = await NacelleInstance.NacelleAsync(["doctor", "--state-dir", nacelle.Layout.StateDirectory, .. instance], Cancellation);

            Assert.Matches(@"^nacelle \d+\.\d+\.\d+\nserver  v1\.\d+\.\d+\+nacelle-\S+\n$", version);
            Assert.Equal(0, doctor.ExitCode);
            Assert.Matches($@"(?m)^ok +server +v1\.\S+ answers on {nacelle.Layout.RunDirectory}/nacelle\.sock$", doctor.Output);
            Assert.Matches(@"(?m)^(ok +processes +watched by the process connector|note +processes +polled while they are watched: no process connector here \(.+\))$", doctor.Output);
            Assert.DoesNotContain("MISSING", doctor.Output);
        },
        Cancellation);

    [Fact]
    public async Task Version_NoInstance_SaysSo()
    {
        var version = (await NacelleInstance.NacelleAsync(["version", "--run-dir", "/no/such/place"], Cancellation)).Succeeded();

        Assert.Contains("none answers on /no/such/place/nacelle.sock", version);
    }

    [Theory]
    [InlineData("--conmon", "/no/such/conmon", "conmon", "apt-get install conmon")]
    [InlineData("--oci-runtime", "/no/such/crun", "OCI runtime", "apt-get install crun")]
    [InlineData("--state-dir", "/proc/version/nacelle", "state", "choose another --state-dir")]
    [InlineData("--state-dir", "/sys/kernel/nacelle", "state", "choose a --state-dir on ext4, xfs or btrfs")]
    public async Task Doctor_SomethingMissing_NamesItAndWhatMendsIt(string option, string value, string subject, string remedy)
    {
        var doctor = await NacelleInstance.NacelleAsync(["doctor", option, value], Cancellation);

        Assert.Equal(1, doctor.ExitCode);
        Assert.Matches($@"(?m)^MISSING +{subject} +.*\n +mend it: {remedy}$", doctor.Output);
    }

    [Fact]
    public async Task Help_EachCommand_ShowsAnExample()
    {
        var help = (await NacelleInstance.NacelleAsync(["--help"], Cancellation)).Succeeded();
        var commands = help[help.IndexOf("\nCommands:\n", StringComparison.Ordinal)..].Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1)
            .Where(line => line.StartsWith("  ", StringComparison.Ordinal) && line.Length > 2 && line[2] != ' ')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0])
            .ToList();

        Assert.Contains("serve", commands);
        foreach (var command in commands)
        {
            Assert.Contains($"\n    nacelle {command}", (await NacelleInstance.NacelleAsync([command, "--help"], Cancellation)).Succeeded());
        }
    }
}
