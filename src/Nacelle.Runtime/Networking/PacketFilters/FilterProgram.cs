using Nacelle.Linux;
using Nacelle.Linux.Processes;

namespace Nacelle.Runtime.Networking.PacketFilters;

/// <summary>Runs nft or iptables.</summary>
internal static class FilterProgram
{
    private static readonly string[] Directories = ["/usr/sbin", "/sbin", "/usr/bin", "/usr/local/sbin"];
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>The program's path if it is installed, looked for where system programs are.</summary>
    public static string? Find(string name) => Directories.Select(d => Path.Combine(d, name)).FirstOrDefault(File.Exists);

    /// <exception cref="PodNetworkException">It could not be started, or ended with another code than 0; the message has its first error line.</exception>
    public static async Task RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var completed = await ExecuteAsync(program, arguments, cancellationToken).ConfigureAwait(false);
        if (!Succeeded(completed))
        {
            throw new PodNetworkException($"{Path.GetFileName(program)} failed ({completed.Exit}): {completed.Error.Trim().Split('\n')[0]}");
        }
    }

    /// <summary>What it printed; empty where it failed.</summary>
    public static async Task<string> ReadAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var completed = await ExecuteAsync(program, arguments, cancellationToken).ConfigureAwait(false);
        return Succeeded(completed) ? completed.Output : "";
    }

    /// <summary>True if it ended with 0.</summary>
    public static async Task<bool> TryAsync(string program, string[] arguments, CancellationToken cancellationToken) =>
        Succeeded(await ExecuteAsync(program, arguments, cancellationToken).ConfigureAwait(false));

    private static async Task<CompletedProcess> ExecuteAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            return await ChildProcess.RunAsync(new ChildProcessStart { Path = program, Arguments = [.. arguments] }, limit.Token)
                .ConfigureAwait(false);
        }
        catch (LinuxException e)
        {
            throw new PodNetworkException($"{program} could not be run: {e.Message}", e);
        }
    }

    private static bool Succeeded(CompletedProcess completed) => completed.Exit.Success;
}
