using Nacelle.EndToEndTests.Rig;
using Nacelle.EndToEndTests.Terminals;
using Xunit;

namespace Nacelle.EndToEndTests.Page;

/// <summary>The page's steps, each typed on a terminal and read off its screen, with the manifest as it stands in examples/.</summary>
public sealed class PageDialogue(Kubectl kubectl, CancellationToken cancellationToken)
{
    private const string Prompt = "/ #";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static string Manifest { get; } = FindManifest();

    /// <summary>Types <c>kubectl …</c> and returns what it showed, once it has ended well.</summary>
    public async Task<string> TypeAsync(string words, TimeSpan? timeout = null)
    {
        await using var terminal = kubectl.Open(words);
        var code = await terminal.WaitForExitAsync(timeout ?? Deadline, cancellationToken);
        return code == 0 ? terminal.Transcript : throw new InvalidOperationException($"kubectl {words} ended with {code}:\n{terminal.Transcript}");
    }

    public async Task ApplyAsync()
    {
        var shown = await TypeAsync($"apply -f {Manifest}");
        var lines = shown.Split('\n');
        Assert.Equal("pod/nginx created", lines[^1]);

        // Before it stands what the sharing exposes, one line: kubectl prints a warning on standard error, which is the same terminal here.
        Assert.StartsWith("Warning: spec.shareProcessNamespace: container shell can reach environ, root, memory, descriptors of container nginx;", string.Concat(lines[..^1]));
        await WaitUntilReadyAsync();
    }

    public Task<string> WaitUntilReadyAsync() => TypeAsync("wait --for=condition=Ready pod/nginx --timeout=60s", TimeSpan.FromSeconds(70));

    /// <summary>Attaches to the shell that runs already and presses Enter for its prompt.</summary>
    public async Task<(Terminal Terminal, ShellSession Shell)> AttachAsync()
    {
        var terminal = kubectl.Open("attach -it nginx -c shell");
        try
        {
            await terminal.WaitForTextAsync("If you don't see a command prompt, try pressing enter.", Deadline, cancellationToken);
            var shell = new ShellSession(terminal, Prompt);
            await shell.PressEnterForPromptAsync(cancellationToken);
            return (terminal, shell);
        }
        catch
        {
            await terminal.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a shell of its own, as the present English page does.</summary>
    public async Task<(Terminal Terminal, ShellSession Shell)> ExecAsync()
    {
        var terminal = kubectl.Open("exec -it nginx -c shell -- /bin/sh");
        var shell = new ShellSession(terminal, Prompt);
        await shell.WaitForPromptAsync(cancellationToken);
        return (terminal, shell);
    }

    /// <summary>What the page says about the processes, the signal and the neighbour's file, from a prompt; returns the last process list.</summary>
    public async Task<IReadOnlyList<ProcessLine>> LookAroundAsync(ShellSession shell)
    {
        var processes = await ListAsync(shell);
        Assert.Contains(new ProcessLine(1, "root", "/pause"), processes);
        Assert.Contains(processes, process => process is { User: "root", Command: "sh" or "/bin/sh" });
        Assert.Contains(processes, process => process.User == "root" && IsList(process));
        var master = Master(processes);
        Assert.Equal("root", master.User);
        var worker = Worker(processes);
        Assert.Equal("101", worker.User);
        Assert.InRange(processes.Max(process => process.Pid), 2, 200);

        Assert.Empty(await shell.RunAsync($"kill -HUP {master.Pid}", cancellationToken));
        var after = await Eventually.GetAsync(
            _ => ListAsync(shell),
            list => list.Count(IsWorker) == 1 && Worker(list).Pid != worker.Pid,
            "another worker process",
            Deadline,
            cancellationToken);
        Assert.Equal(master, Master(after));
        Assert.Equal("101", Worker(after).User);

        var configuration = await shell.RunAsync($"head /proc/{master.Pid}/root/etc/nginx/nginx.conf", cancellationToken);
        Assert.Contains("user  nginx;", configuration);
        Assert.Contains("worker_processes  1;", configuration);
        Assert.Contains(configuration, line => line.StartsWith("error_log", StringComparison.Ordinal));
        return after;
    }

    public async Task<IReadOnlyList<ProcessLine>> ListAsync(ShellSession shell)
        => ProcessLine.Parse(await shell.RunAsync("ps ax", cancellationToken));

    public static ProcessLine Master(IEnumerable<ProcessLine> processes)
        => Assert.Single(processes, process => process.Command == "nginx: master process nginx -g daemon off;");

    public static ProcessLine Worker(IEnumerable<ProcessLine> processes) => Assert.Single(processes, IsWorker);

    /// <summary>The list itself. Debian's busybox runs it inside the shell's own image, which then shows as <c>{ps}</c> and the shell's name.</summary>
    public static bool IsList(ProcessLine process) => process.Command == "ps ax" || process.Command.StartsWith("{ps} ", StringComparison.Ordinal);

    private static bool IsWorker(ProcessLine process) => process.Command == "nginx: worker process";

    private static string FindManifest()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "examples", "share-process-namespace.yaml");
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new InvalidOperationException("examples/share-process-namespace.yaml is not above the tests");
    }
}
