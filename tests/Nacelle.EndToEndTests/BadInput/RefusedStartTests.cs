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
            var other = new InstanceLayout();
            var options = nacelle.Layout.Options
                .Select(option => option == $"127.0.0.1:{nacelle.Layout.ApiPort}" ? $"127.0.0.1:{other.ApiPort}" : option)
                .Select(option => option == $"127.0.0.1:{nacelle.Layout.KubeletPort}" ? $"127.0.0.1:{other.KubeletPort}" : option);

            var result = await Command.RunAsync(NacelleProcess.ExecutablePath, ["serve", .. options], Cancellation, deadline: Deadline);

            AssertOneLine(result);
            Assert.False(nacelle.Process.HasExited);
            await nacelle.Kubectl.RunAsync("get nodes", Cancellation);
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

    /// <summary>Starts, expects the refusal, and finds nothing of the attempt on the machine but its directory.</summary>
    private static async Task<string> RefusedAsync(InstanceLayout layout, IReadOnlyList<string> options)
    {
        var before = MachineFootprint.Take();
        try
        {
            var result = await Command.RunAsync(NacelleProcess.ExecutablePath, ["serve", .. options], Cancellation, deadline: Deadline);
            AssertOneLine(result);
            await LeakCheck.AssertNothingLeftAsync(layout, before);
            return result.Errors;
        }
        finally
        {
            if (Directory.Exists(layout.Directory))
            {
                Directory.Delete(layout.Directory, recursive: true);
            }
        }
    }

    private static void AssertOneLine(CommandResult result)
    {
        Assert.NotEqual(0, result.ExitCode);
        // Lines of the log begin with a time; the refusal is the one that does not.
        var lines = result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !char.IsAsciiDigit(line[0])).ToList();
        Assert.True(lines.Count == 1 && lines[0].StartsWith("nacelle", StringComparison.Ordinal), result.ToString());
    }
}
