using Nacelle.Linux.Files;

namespace Nacelle.Linux.Processes;

/// <summary>
/// A started child. Every child process of Nacelle starts here, so that each gets exactly the descriptors meant for it, default
/// signal dispositions and no blocked signal. Each child is reaped by its own task when it ends.
/// </summary>
public sealed class ChildProcess
{
    private static readonly Lock Starting = new();

    private readonly PidFd process;
    private readonly Task<ExitStatus> exit;

    private ChildProcess(PidFd process)
    {
        this.process = process;
        exit = ReapAsync(process);
    }

    public int Pid => process.Pid;

    /// <summary>Starts a program.</summary>
    /// <exception cref="LinuxException">The program can't be started (ENOENT, EACCES, ENOEXEC, …).</exception>
    public static ChildProcess Start(ChildProcessStart start)
    {
        lock (Starting)
        {
            using var nothing = RootedFiles.Open("/dev/null", OpenFlags.ReadWrite);
            var pid = PosixSpawn.Start(start, nothing);

            // Not reaped yet, so the PID is still this child's.
            return new ChildProcess(PidFd.TryOpen(pid) ?? throw new LinuxException(Errno.ESRCH, "pidfd_open", start.Path));
        }
    }

    /// <summary>Runs a program to its end and collects what it writes (each stream up to 1 MiB; more is read and dropped).</summary>
    /// <param name="cancellationToken">Kills the program when cancelled.</param>
    /// <exception cref="LinuxException">The program can't be started.</exception>
    public static async Task<CompletedProcess> RunAsync(ChildProcessStart start, CancellationToken cancellationToken)
    {
        using var output = new Pipe();
        using var error = new Pipe();
        var child = Start(start with { Descriptors = start.Descriptors.Add(new(1, output.Writer)).Add(new(2, error.Writer)) });
        output.Writer.Dispose();
        error.Writer.Dispose();
        await using var killing = cancellationToken.UnsafeRegister(static state => ((ChildProcess)state!).Send(Signal.Kill), child).ConfigureAwait(false);
        using var exited = new CancellationTokenSource();
        var outputText = PipeText.ReadAsync(output.Reader, exited.Token);
        var errorText = PipeText.ReadAsync(error.Reader, exited.Token);
        var status = await child.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);

        // A grandchild may hold the pipes open for ever: after the program's own end its output is complete.
        exited.CancelAfter(TimeSpan.FromSeconds(1));
        var result = new CompletedProcess(status, await outputText.ConfigureAwait(false), await errorText.ConfigureAwait(false));
        cancellationToken.ThrowIfCancellationRequested();
        return result;
    }

    /// <summary>Completes with how the child ended.</summary>
    public Task<ExitStatus> WaitForExitAsync(CancellationToken cancellationToken) => exit.WaitAsync(cancellationToken);

    /// <summary>Sends a signal; false when the child has ended.</summary>
    public bool Send(Signal signal) => SendUnlessEnded(signal);

    private bool SendUnlessEnded(Signal signal)
    {
        try
        {
            return process.Send(signal);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private static async Task<ExitStatus> ReapAsync(PidFd process)
    {
        using (process)
        {
            await process.WaitForEndAsync(CancellationToken.None).ConfigureAwait(false);
            return process.Reap();
        }
    }
}
