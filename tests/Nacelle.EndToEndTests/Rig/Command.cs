using System.Diagnostics;

namespace Nacelle.EndToEndTests.Rig;

/// <summary>Runs a program to its end, with a deadline.</summary>
public static class Command
{
    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(60);

    /// <exception cref="TimeoutException">The program did not end; it has been killed.</exception>
    public static async Task<CommandResult> RunAsync(
        string path,
        IReadOnlyList<string> arguments,
        CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string>? environment = null,
        string? input = null,
        TimeSpan? deadline = null)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var commandLine = $"{Path.GetFileName(path)} {string.Join(' ', arguments)}";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"`{commandLine}` did not start");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // A program that does not read its input may be gone already.
        }

        try
        {
            await Task.WhenAll(process.WaitForExitAsync(cancellationToken), output, errors)
                .WaitAsync(deadline ?? DefaultDeadline, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"`{commandLine}` did not end in time", exception);
        }

        return new CommandResult(commandLine, process.ExitCode, await output, await errors);
    }
}
