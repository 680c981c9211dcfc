using System.Diagnostics;

namespace Nacelle.IntegrationTests.Streaming;

/// <summary>The real kubectl of this machine, by minor version: the dispatcher's directory holds one binary each.</summary>
internal sealed record Kubectl(string Path, string Kubeconfig)
{
    private const string FetchedVersion = "1.35";

    private static readonly string? Directory = FindDirectory();

    private static string Fetched => System.IO.Path.Combine(RootDirectory(), "out", "kubectl", "kubectl");

    /// <summary>1.27 to 1.33 of the dispatcher, and 1.35 once scripts/setup.sh has fetched it; as far as they are there.</summary>
    public static IEnumerable<string> Versions => Directory is null
        ? []
        : System.IO.Directory.GetFiles(Directory, "kubectl.1.*").Select(path => System.IO.Path.GetFileName(path)["kubectl.".Length..])
            .Concat(File.Exists(Fetched) ? [FetchedVersion] : []).Order();

    public static string Newest => Versions.Last();

    /// <summary>Whether it tries WebSocket first: exec and attach since 1.30, port-forward since 1.31.</summary>
    public static bool SpeaksWebSocket(string version, string since) => string.CompareOrdinal(version, since) >= 0;

    public static Kubectl Of(string version, string kubeconfig) => new(
        version == FetchedVersion ? Fetched : System.IO.Path.Combine(Directory ?? throw new InvalidOperationException("no kubectl"), "kubectl." + version),
        kubeconfig);

    public Process Start(params string[] arguments) => Process.Start(StartInfo(Path, arguments))!;

    /// <summary>The command under a pseudo-terminal of its own, by script(1), 80 by 24.</summary>
    public Process StartInTerminal(params string[] arguments)
    {
        var line = string.Join(' ', arguments.Prepend(Path).Select(word => "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'"));
        return Process.Start(StartInfo("script", ["-qefc", "stty cols 80 rows 24; " + line, "/dev/null"]))!;
    }

    /// <summary>
    /// Runs to the end with this standard input; fails when that takes longer than the deadline. A kubectl before 1.34 throws away what comes before it is ready
    /// to read, and says so (kubernetes/kubernetes#131203): it is run again then.
    /// </summary>
    public async Task<KubectlResult> RunAsync(string input, params string[] arguments)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var process = Start(arguments);
            var result = await FinishAsync(process, input);
            if (attempt == 4 || !result.Error.Contains("Unknown stream id", StringComparison.Ordinal))
            {
                return result;
            }
        }
    }

    public static async Task<KubectlResult> FinishAsync(Process process, string input)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var error = process.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), deadline.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(deadline.Token);
            return new KubectlResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException("kubectl did not end within 60 s");
        }
    }

    private ProcessStartInfo StartInfo(string file, string[] arguments)
    {
        var info = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment["KUBECONFIG"] = Kubeconfig;
        info.Environment["HOME"] = System.IO.Path.GetDirectoryName(Kubeconfig);
        return info;
    }

    private static string RootDirectory()
    {
        var directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(System.IO.Path.Combine(directory, "Nacelle.slnx")))
        {
            directory = System.IO.Path.GetDirectoryName(directory);
        }

        return directory ?? "/";
    }

    private static string? FindDirectory()
    {
        foreach (var entry in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'))
        {
            var path = System.IO.Path.Combine(entry, "kubectl");
            if (File.Exists(path))
            {
                return System.IO.Path.GetDirectoryName(File.ResolveLinkTarget(path, true)?.FullName ?? path);
            }
        }

        return null;
    }
}
