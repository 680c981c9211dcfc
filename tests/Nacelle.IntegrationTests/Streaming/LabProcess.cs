using System.Diagnostics;
using Nacelle.Runtime.Streaming;
using Runtime.V1;

namespace Nacelle.IntegrationTests.Streaming;

/// <summary>A process of the host in a container's place.</summary>
internal static class LabProcess
{
    public static ContainerStreams Exec(ExecRequest request) =>
        Start([.. request.Cmd], request.Stdin, request.Stdout, request.Stderr);

    public static ContainerStreams Start(string[] command, bool stdin, bool stdout, bool stderr)
    {
        var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        if (!stdin)
        {
            process.StandardInput.Close();
        }

        return new ContainerStreams
        {
            Stdin = stdin ? process.StandardInput.BaseStream : null,
            Stdout = stdout ? process.StandardOutput.BaseStream : null,
            Stderr = stderr ? process.StandardError.BaseStream : null,
            Exit = ExitAsync(process),
            Release = () =>
            {
                // A container outlives its streams and ends with its sandbox; this one would stay on the host.
                if (!process.HasExited)
                {
                    process.Kill(entireProcessTree: true);
                }

                process.Dispose();
                return ValueTask.CompletedTask;
            },
        };
    }

    private static async Task<int> ExitAsync(Process process)
    {
        // Not WaitForExitAsync, which would wait for the redirected streams too.
        while (!process.HasExited)
        {
            await Task.Delay(5);
        }

        return process.ExitCode;
    }
}
