using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Nacelle.Linux.Files;
using Nacelle.Linux.Processes;
using Nacelle.Runtime.Oci;

namespace Nacelle.Runtime.Containers;

/// <summary>Starts conmon, which creates the container through the OCI runtime and then keeps its streams, log and exit code.</summary>
internal sealed class Conmon(string path, OciRuntime runtime, RuntimeDirectories directories)
{
    private const int SyncDescriptor = 3;

    /// <summary>Creates the container; its first process waits for the runtime's start.</summary>
    /// <returns>The PIDs of the first process and of conmon.</returns>
    /// <exception cref="RuntimeException">The container could not be created; the message is the OCI runtime's own.</exception>
    public async Task<(int Pid, int ConmonPid)> CreateAsync(Container container, CancellationToken cancellationToken)
    {
        var bundle = directories.Bundle(container.Id);
        File.Delete($"{bundle}/conmon.pid");
        using var sync = new Pipe();
        var process = ChildProcess.Start(new ChildProcessStart
        {
            Path = path,
            Arguments = Arguments(container, bundle),
            Descriptors = [new(SyncDescriptor, sync.Writer)],
            Environment = [$"_OCI_SYNCPIPE={SyncDescriptor}", .. new ChildProcessStart { Path = path }.Environment],
        });
        sync.Writer.Dispose();
        try
        {
            var answer = await PipeText.ReadLineAsync(sync.Reader, cancellationToken).ConfigureAwait(false);

            // What was started forks once and ends; before it ends it has written the PID of the conmon that stays.
            var exit = await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return (ParsePid(answer, exit), ReadConmonPid(bundle));
        }
        catch (OperationCanceledException failure)
        {
            // conmon's end is the end of an OCI runtime that it waits for, too.
            process.Send(Signal.Kill);
            if (File.Exists($"{bundle}/conmon.pid"))
            {
                ProcessSignal.Send(ReadConmonPid(bundle), Signal.Kill);
            }

            throw new RuntimeException(FailureKind.DeadlineExceeded, $"{runtime.Identity.Name} did not create the container in time and was killed", failure);
        }
    }

    /// <summary>Makes a running conmon open its log file anew, after a rotation.</summary>
    /// <exception cref="IOException">conmon is gone.</exception>
    public void ReopenLog(string containerId)
    {
        // Opening a FIFO that nobody reads would wait for ever: non-blocking it fails at once.
        using var control = RootedFiles.Open($"{directories.Bundle(containerId)}/ctl", OpenFlags.WriteOnly | OpenFlags.NonBlocking);
        control.Write("2 0 0\n"u8);
    }

    private static int ReadConmonPid(string bundle) =>
        int.Parse(File.ReadAllText($"{bundle}/conmon.pid"), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);

    private ImmutableArray<string> Arguments(Container container, string bundle)
    {
        var config = container.Config;
        var arguments = ImmutableArray.CreateBuilder<string>();
        arguments.AddRange(
            "--api-version", "1",
            "-c", container.Id,
            "-u", container.Id,
            "-n", config.Metadata.Name,
            "-r", runtime.Path,
            "--runtime-arg", $"--root={runtime.Root}",
            "-b", bundle,
            "--persist-dir", bundle,
            "-p", $"{bundle}/pidfile",
            "-P", $"{bundle}/conmon.pid",
            "--exit-dir", directories.Exits,
            "--full-attach",
            "--no-sync-log",
            "-l", container.Record.LogPath.Length > 0 ? $"k8s-file:{container.Record.LogPath}" : "none");
        if (config.Tty)
        {
            arguments.Add("-t");
        }

        if (config.Stdin)
        {
            arguments.Add("-i");
            if (!config.StdinOnce)
            {
                arguments.Add("--leave-stdin-open");
            }
        }

        return arguments.ToImmutable();
    }

    /// <summary>One line of JSON: <c>{"data": PID}</c>, or a negative number with the runtime's message.</summary>
    private static int ParsePid(string answer, ExitStatus exit)
    {
        if (answer.Length == 0)
        {
            throw new RuntimeException($"conmon ended without a word ({exit})");
        }

        using var document = JsonDocument.Parse(answer);
        var pid = document.RootElement.GetProperty("data").GetInt32();
        return pid > 0
            ? pid
            : throw new RuntimeException(document.RootElement.TryGetProperty("message", out var message)
                ? message.GetString()?.Trim() ?? "conmon failed"
                : "conmon could not create the container");
    }
}
