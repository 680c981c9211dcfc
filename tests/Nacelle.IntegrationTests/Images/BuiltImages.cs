using System.Diagnostics;
using Nacelle.TestSupport;
using Xunit;

namespace Nacelle.IntegrationTests.Images;

/// <summary>
/// The images that <c>images/build.sh</c> makes, served by Debian's registry on a free port of loopback. Packages and images are kept under
/// <c>out/</c> between runs, apart from the registry that quickstart.sh runs; this one ends with the test.
/// </summary>
public sealed class BuiltImages : IAsyncLifetime
{
    private static readonly string Repository = FindRepository();
    private static readonly string Registry = Path.Combine(Repository, "out", "test-registry");

    public Uri Address { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return;
        }

        string layouts = Path.Combine(Repository, "out", "images");
        int port = FreePort.Next();
        await RunAsync("build.sh", layouts);
        await RunAsync("registry.sh", "push", Registry, layouts);
        await RunAsync("registry.sh", "start", Registry, $"{port}");
        Address = new Uri($"http://127.0.0.1:{port}");
    }

    public async ValueTask DisposeAsync()
    {
        if (Address is not null)
        {
            await RunAsync("registry.sh", "stop", Registry);
        }
    }

    private static async Task RunAsync(string script, params string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(Repository, "images", script), arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{script} {string.Join(' ', arguments)}: exit {process.ExitCode}\n{await output}{await error}");
    }

    private static string FindRepository()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Nacelle.slnx")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory ?? throw new InvalidOperationException("not inside the repository");
    }
}
