using System.Net;
using System.Net.Sockets;
using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.BadInput;

/// <summary>Starts of <c>nacelle serve</c> that can't succeed: one line that says why, a non-zero exit, and nothing left behind.</summary>
public sealed class RefusedStartTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Serve_PortTaken_SaysWhichInOneLine()
    {
        var layout = new InstanceLayout();
        using var listener = new TcpListener(IPAddress.Loopback, layout.ApiPort);
        listener.Start();

        var line = await RefusedAsync(layout, layout.Options);

        Assert.Contains($"127.0.0.1:{layout.ApiPort}", line);
    }

    [Fact]
    public async Task Serve_StateDirectoryThatIsAFile_SaysSoInOneLine()
    {
        var layout = new InstanceLayout();
        Directory.CreateDirectory(layout.Directory);
        await File.WriteAllTextAsync(layout.StateDirectory, "", Cancellation);

        Assert.Contains(layout.StateDirectory, await RefusedAsync(layout, layout.Options));
    }

    /// <summary>The kubelet comes last: what the parts before it have set up is taken back.</summary>
    [Fact]
    public async Task Serve_KubeletPortTaken_SaysWhichInOneLine()
    {
        var layout = new InstanceLayout();
        using var listener = new TcpListener(IPAddress.Loopback, layout.KubeletPort);
        listener.Start();

        Assert.Contains($"127.0.0.1:{layout.KubeletPort}", await RefusedAsync(layout, layout.Options));
    }

    [Fact]
    public async Task Serve_StateOnAReadOnlyFileSystem_SaysSoInOneLine()
    {
        var layout = new InstanceLayout();
        Directory.CreateDirectory(layout.StateDirectory);
        (await Command.RunAsync("/usr/bin/mount", ["-t", "tmpfs", "-o", "ro", "tmpfs", layout.StateDirectory], Cancellation)).Succeeded();
        string line;
        try
        {
            line = await RefusedStartAsync(layout.Options);
        }
        finally
        {
            await Command.RunAsync("/usr/bin/umount", [layout.StateDirectory], CancellationToken.None);
            Directory.Delete(layout.Directory, recursive: true);
        }

        Assert.Contains(layout.StateDirectory, line);
        Assert.Contains("Read-only file system", line);
    }

    [Fact]
    public async Task Serve_StateOfANewerVersion_IsLeftAloneAndNamed()
    {
        var layout = new InstanceLayout();
        var references = $"{layout.StateDirectory}/runtime/images/references.json";
        Directory.CreateDirectory(Path.GetDirectoryName(references)!);
        const string newer = """{"version":1000,"references":[]}""";
        await File.WriteAllTextAsync(references, newer, Cancellation);
        string? kept = null;

        var line = await RefusedAsync(layout, layout.Options, () => kept = File.ReadAllText(references));

        Assert.Contains("newer version", line);
        Assert.Equal(newer, kept);
    }

    [Theory]
    [InlineData("--bridge", "a-name-of-more-than-fifteen-characters")]
    [InlineData("--pod-cidr", "10.89.0.0/31")]
    [InlineData("--pod-cidr", "fd00::/64")]
    public async Task Serve_NetworkThatCannotBe_SaysSoInOneLine(string option, string value)
    {
        var layout = new InstanceLayout();

        Assert.Contains(value, await RefusedAsync(layout, [.. layout.Options.Select((text, i) => i > 0 && layout.Options[i - 1] == option ? value : text)]));
    }

    [Fact]
    public async Task Serve_OciRuntimeAbsent_NamesIt()
    {
        var layout = new InstanceLayout();

        Assert.Contains("/no/such/crun", await RefusedAsync(layout, [.. layout.Options, "--oci-runtime", "/no/such/crun"]));
    }

    [Fact]
    public async Task Serve_ConmonAbsent_NamesIt()
    {
        var layout = new InstanceLayout();

        Assert.Contains("/no/such/conmon", await RefusedAsync(layout, [.. layout.Options, "--conmon", "/no/such/conmon"]));
    }

    [Fact]
    public Task Serve_SecondInstanceOnTheSameState_IsRefusedAndTheFirstGoesOn() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await RefusedStartAsync([.. OptionsWithOtherPorts(nacelle.Layout)]);

            Assert.False(nacelle.Process.HasExited);
            await nacelle.Kubectl.RunAsync("get nodes", Cancellation);
        },
        Cancellation);

    /// <summary>Its sockets are the first's: neither a start nor <c>nacelle down</c> may take them away.</summary>
    [Theory]
    [InlineData("serve")]
    [InlineData("down")]
    public Task Command_OtherStateWithTheSameRunDirectory_IsRefusedAndTheFirstGoesOn(string command) => NacelleInstance.RunAsync(
        async nacelle =>
        {
            var page = new Page.PageDialogue(nacelle.Kubectl, Cancellation);
            await page.ApplyAsync();
            var before = await Pod.StateAsync(nacelle.Kubectl, "nginx", Cancellation);
            var options = OptionsWithOtherPorts(nacelle.Layout)
                .Select(option => option == nacelle.Layout.StateDirectory ? $"{nacelle.Layout.Directory}/other" : option);

            var result = await Command.RunAsync(NacelleProcess.ExecutablePath, [command, .. options], Cancellation, deadline: Deadline);

            AssertOneLine(result);
            Assert.Contains(nacelle.Layout.RunDirectory, result.Errors);
            await nacelle.Kubectl.RunAsync("exec nginx -c shell -- true", Cancellation);
            Assert.Equal(before, await Pod.StateAsync(nacelle.Kubectl, "nginx", Cancellation));
        },
        Cancellation);

    [Fact]
    public async Task Serve_NotRoot_SaysSoInOneLine()
    {
        var layout = new InstanceLayout();
        var result = await Command.RunAsync(
            "/usr/bin/setpriv",
            ["--reuid=65534", "--regid=65534", "--clear-groups", NacelleProcess.ExecutablePath, "serve", .. layout.Options],
            Cancellation,
            deadline: Deadline);

        AssertOneLine(result);
        Assert.Contains("root", result.Errors);
        Assert.False(Directory.Exists(layout.Directory));
    }

    [Fact]
    public async Task Serve_UnknownOption_IsAUsageError()
    {
        var result = await Command.RunAsync(NacelleProcess.ExecutablePath, ["serve", "--no-such-option"], Cancellation, deadline: Deadline);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--no-such-option", result.Errors);
    }

    private static IEnumerable<string> OptionsWithOtherPorts(InstanceLayout layout)
    {
        var other = new InstanceLayout();
        return layout.Options
            .Select(option => option == $"127.0.0.1:{layout.ApiPort}" ? $"127.0.0.1:{other.ApiPort}" : option)
            .Select(option => option == $"127.0.0.1:{layout.KubeletPort}" ? $"127.0.0.1:{other.KubeletPort}" : option);
    }

    /// <summary>Starts, expects the refusal, and finds nothing of the attempt on the machine but its directory.</summary>
    private static async Task<string> RefusedAsync(InstanceLayout layout, IReadOnlyList<string> options, Action? look = null)
    {
        var before = MachineFootprint.Take();
        try
        {
            var line = await RefusedStartAsync(options);
            await LeakCheck.AssertNothingLeftAsync(layout, before);
            look?.Invoke();
            return line;
        }
        finally
        {
            if (Directory.Exists(layout.Directory))
            {
                Directory.Delete(layout.Directory, recursive: true);
            }
        }
    }

    private static async Task<string> RefusedStartAsync(IReadOnlyList<string> options)
    {
        var result = await Command.RunAsync(NacelleProcess.ExecutablePath, ["serve", .. options], Cancellation, deadline: Deadline);
        AssertOneLine(result);
        return result.Errors;
    }

    private static void AssertOneLine(CommandResult result)
    {
        Assert.NotEqual(0, result.ExitCode);
        // Lines of the log begin with a time; the refusal is the one that does not.
        var lines = result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !char.IsAsciiDigit(line[0])).ToList();
        Assert.True(lines.Count == 1 && lines[0].StartsWith("nacelle", StringComparison.Ordinal), result.ToString());
    }
}
