using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Nacelle.IntegrationTests.Runtime;
using Xunit;

namespace Nacelle.IntegrationTests.Streaming;

/// <summary>kubectl, both proxies, CRI, conmon and crun: the whole way into real containers (root).</summary>
public sealed class RuntimeStreamsTests
{
    private const int Size = 50 * 1024 * 1024;

    public RuntimeStreamsTests() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");

    public static TheoryData<string> Versions => ["1.29", Kubectl.Newest];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Exec_RealContainer_StreamsAndCode(string version)
    {
        await using var runtime = await RuntimeLab.StartAsync();
        await using var lab = await StartAsync(runtime, tty: false, "sleep", "1000");

        var result = await lab.Kubectl(version).RunAsync("b\na\n", "exec", "-i", "web", "-c", "main", "--", "sh", "-c", "cat; hostname; echo err >&2; exit 9");

        Assert.Equal((9, "b\na\nlab\n"), (result.ExitCode, result.Output));
        Assert.StartsWith("err\n", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Exec_RealTerminal_HasTheClientsSize(string version)
    {
        await using var runtime = await RuntimeLab.StartAsync();
        await using var lab = await StartAsync(runtime, tty: false, "sleep", "1000");

        // The size follows the start, so the command waits for it.
        using var process = lab.Kubectl(version).StartInTerminal(
            "exec", "-it", "web", "-c", "main", "--", "sh", "-c", "until stty size | grep -q '24 80'; do :; done; tty; stty size; exit 4");
        var result = await Kubectl.FinishAsync(process, "");

        Assert.Equal(4, result.ExitCode);
        Assert.Contains("/dev/pts/", result.Output, StringComparison.Ordinal);
        Assert.Contains("24 80", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Exec_FiftyMegabytesBothWays_NoneIsLost(string version)
    {
        await using var runtime = await RuntimeLab.StartAsync();
        await using var lab = await StartAsync(runtime, tty: false, "sleep", "1000");

        var output = await lab.Kubectl(version).RunAsync("", "exec", "web", "-c", "main", "--", "sh", "-c", $"head -c {Size} /dev/zero | tail -c {Size} | wc -c; head -c {Size} /dev/zero");
        var input = await lab.Kubectl(version).RunAsync(new string('x', Size), "exec", "-i", "web", "-c", "main", "--", "wc", "-c");

        Assert.Equal((0, $"{Size}\n".Length + Size), (output.ExitCode, output.Output.Length));
        Assert.Equal((0, $"{Size}\n"), (input.ExitCode, input.Output));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Attach_RealShell_FiftyTimesThenToItsEnd(string version)
    {
        await using var runtime = await RuntimeLab.StartAsync();
        await using var lab = await StartAsync(runtime, tty: true, "sh");
        for (var round = 0; round < 50; round++)
        {
            using var process = lab.Kubectl(version).StartInTerminal("attach", "-it", "web", "-c", "shell");
            await process.StandardInput.WriteAsync($"echo round $(({round} + 1000))\n");
            await process.StandardInput.FlushAsync(Token);
            await ReadUntilAsync(process.StandardOutput, $"round {round + 1000}");
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(Token);
        }

        using var last = lab.Kubectl(version).StartInTerminal("attach", "-it", "web", "-c", "shell");
        var result = await Kubectl.FinishAsync(last, "exit 5\n");

        Assert.Equal(0, result.ExitCode);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task PortForward_IntoTheSandbox_ReachesItsLoopback(string version)
    {
        await using var runtime = await RuntimeLab.StartAsync();
        await using var lab = await StartAsync(runtime, tty: false, "sh", "-c", "while true; do echo hello from $(hostname) | nc -l -p 8080; done");

        // The container runs before its server listens.
        var listening = await runtime.ExecAsync(lab.Runtime!.Value.ContainerId, "sh", "-c", "until grep -q ':1F90 .* 0A ' /proc/net/tcp /proc/net/tcp6; do sleep 0.05; done");
        Assert.Equal(0, listening.ExitCode);
        using var process = lab.Kubectl(version).Start("port-forward", "--address", "127.0.0.1", "pod/web", ":8080");
        var line = await process.StandardOutput.ReadLineAsync(Token);
        var port = int.Parse(line!.Split([':', ' '])[3], CultureInfo.InvariantCulture);

        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, Token);
        using var reader = new StreamReader(client.GetStream());
        Assert.Equal("hello from lab", await reader.ReadLineAsync(Token));

        process.Kill();
        await process.WaitForExitAsync(Token);
    }

    private static async Task<StreamingLab> StartAsync(RuntimeLab runtime, bool tty, params string[] command)
    {
        var sandbox = runtime.SandboxConfig();
        var sandboxId = await runtime.RunSandboxAsync(sandbox);
        var config = runtime.ContainerConfig("main", command);
        config.Tty = tty;
        config.Stdin = tty;
        var container = await runtime.RunAsync(sandboxId, sandbox, config);
        return await new StreamingLab { Runtime = (runtime.Runtime, container, sandboxId) }.StartAsync();
    }

    private static async Task ReadUntilAsync(StreamReader reader, string text)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        var seen = "";
        var buffer = new char[1024];
        while (!seen.Contains(text, StringComparison.Ordinal))
        {
            var count = await reader.ReadAsync(buffer, deadline.Token);
            seen += count > 0 ? new string(buffer, 0, count) : throw new InvalidOperationException($"ended after: {seen}");
        }
    }
}
