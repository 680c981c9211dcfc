using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Nacelle.Linux.Files;
using Nacelle.Linux.Processes;
using Nacelle.Runtime.Oci;

namespace Nacelle.Runtime.Containers;

/// <summary>
/// One command started in a container by <c>RUNTIME exec</c>, which stays as its parent and ends with its exit code. Always with a
/// process file: crun 1.8 runs a command without one as root, whoever the container's user is.
/// </summary>
internal sealed class ExecProcess : IDisposable
{
    private readonly string files;
    private readonly ChildProcess child;

    private ExecProcess(string files, ChildProcess child)
    {
        this.files = files;
        this.child = child;
    }

    /// <summary>Starts it as the container's user, with its environment, capabilities and working directory.</summary>
    /// <param name="descriptors">Its standard streams; stderr is the OCI runtime's as well.</param>
    /// <param name="consoleSocket">Where the OCI runtime sends the terminal's master; null without a terminal.</param>
    public static ExecProcess Start(
        RuntimeParts parts, Container container, ImmutableArray<string> command, ImmutableArray<ChildDescriptor> descriptors, string? consoleSocket)
    {
        if (command.IsDefaultOrEmpty)
        {
            throw RuntimeException.Invalid("exec: no command");
        }

        var bundle = parts.Directories.Bundle(container.Id);
        var specification = parts.Directories.Specification(container.Id);
        var config = JsonSerializer.Deserialize(File.ReadAllBytes(specification), BundleJson.Default.OciConfig)
            ?? throw new RuntimeException($"{specification} is empty");
        var process = config.Process with { Args = command, Terminal = consoleSocket is not null };
        var files = $"{bundle}/exec-{ObjectId.Create()[..16]}";
        AtomicFile.Write($"{files}.json", JsonSerializer.SerializeToUtf8Bytes(process, BundleJson.Default.OciProcess), durable: false);
        ImmutableArray<string> terminal = consoleSocket is null ? [] : ["--tty", "--console-socket", consoleSocket];
        var child = ChildProcess.Start(new ChildProcessStart
        {
            Path = parts.OciRuntime.Path,
            Arguments = [$"--root={parts.OciRuntime.Root}", "exec", "--process", $"{files}.json", "--pid-file", $"{files}.pid", .. terminal, container.Id],
            Descriptors = descriptors,
        });
        return new ExecProcess(files, child);
    }

    /// <summary>Whether the command was started at all: without it the OCI runtime's exit code says nothing about the command.</summary>
    public bool WasStarted => File.Exists($"{files}.pid");

    /// <summary>The command's exit code, 128 + signal when a signal ended it.</summary>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken) =>
        (await child.WaitForExitAsync(cancellationToken).ConfigureAwait(false)).Code;

    /// <summary>Kills the command, and the OCI runtime that waits for it.</summary>
    public void Kill()
    {
        if (WasStarted && int.TryParse(File.ReadAllText($"{files}.pid"), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var pid))
        {
            using var command = PidFd.TryOpen(pid);

            // The PID could be another's by now: only a child of our own exec is the command.
            if (command is not null && ProcessFacts.TryRead(pid)?.ParentPid == child.Pid)
            {
                command.Send(Signal.Kill);
                return;
            }
        }

        child.Send(Signal.Kill);
    }

    /// <summary>Deletes its files; the command goes on if it runs.</summary>
    public void Dispose()
    {
        try
        {
            File.Delete($"{files}.json");
            File.Delete($"{files}.pid");
        }
        catch (IOException)
        {
            // The bundle may have been removed meanwhile, with all that is in it.
        }
    }
}
