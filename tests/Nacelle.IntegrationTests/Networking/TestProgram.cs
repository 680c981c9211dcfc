using System.Diagnostics;
using Xunit;

namespace Nacelle.IntegrationTests.Networking;

/// <summary>Runs a program of the system, to look at the kernel's state with other eyes than ours.</summary>
internal static class TestProgram
{
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var output = await process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {await error}");
        return output;
    }
}
