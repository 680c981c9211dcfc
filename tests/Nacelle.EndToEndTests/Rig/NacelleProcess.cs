using System.Diagnostics;
using System.Globalization;

namespace Nacelle.EndToEndTests.Rig;

/// <summary>One running <c>nacelle</c>: started with its output going to a file, stopped by a signal.</summary>
public sealed class NacelleProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(20);

    private readonly Process _process;

    private NacelleProcess(Process process, string commandLine) => (_process, CommandLine) = (process, commandLine);

    /// <summary>The published executable: <c>NACELLE_BIN</c>, set by test.sh.</summary>
    /// <exception cref="InvalidOperationException">Not set, or no such file.</exception>
    public static string ExecutablePath
    {
        get
        {
            var path = Environment.GetEnvironmentVariable("NACELLE_BIN");
            return File.Exists(path) ? path
                : throw new InvalidOperationException($"NACELLE_BIN must name the published nacelle (it is '{path}'); ./test.sh sets it");
        }
    }

    public string CommandLine { get; }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <param name="command"><c>serve</c>, or one of the parts.</param>
    /// <param name="logPath">The file that its standard output and error are appended to.</param>
    public static NacelleProcess Start(string command, IReadOnlyList<string> options, string logPath)
    {
        // A shell opens the log and becomes nacelle: no pipe that children could hold, no reader that could stall.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >>\"$NACELLE_TEST_LOG\" 2>&1 </dev/null", ExecutablePath, command, .. options]);
        start.Environment["NACELLE_TEST_LOG"] = logPath;
        var process = Process.Start(start) ?? throw new InvalidOperationException($"nacelle {command} did not start");
        return new NacelleProcess(process, string.Create(CultureInfo.InvariantCulture, $"nacelle {command} (pid {process.Id})"));
    }

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>SIGTERM and a bounded wait for the end.</summary>
    /// <exception cref="TimeoutException">It did not end; it has been killed.</exception>
    public async Task StopAsync()
    {
        if (_process.HasExited)
        {
            return;
        }

        Terminals.NativeTerminal.Kill(Pid, 15);
        using var deadline = new CancellationTokenSource(StopTime);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
            throw new TimeoutException($"{CommandLine} did not end within {StopTime.TotalSeconds:0} s of SIGTERM");
        }
    }

    /// <summary>SIGKILL: what a crash or the out-of-memory killer does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }
}
