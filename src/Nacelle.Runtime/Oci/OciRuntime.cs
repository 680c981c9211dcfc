using System.Text.Json;
using Nacelle.Linux.Processes;

namespace Nacelle.Runtime.Oci;

/// <summary>The command line of the OCI runtime program (crun, or runc), with a state directory of our own.</summary>
internal sealed class OciRuntime(string path, string root)
{
    public string Path { get; } = path;

    public string Root { get; } = root;

    /// <summary>What the program calls itself, and its version, from the first line of <c>--version</c>.</summary>
    public (string Name, string Version) Identity { get; private set; } = (System.IO.Path.GetFileName(path), "");

    /// <summary>Finds out what the program is.</summary>
    public async Task IdentifyAsync(CancellationToken cancellationToken)
    {
        var result = await ChildProcess.RunAsync(new ChildProcessStart { Path = Path, Arguments = ["--version"] }, cancellationToken).ConfigureAwait(false);
        var words = result.Output.Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (result.Exit.Success && words is [var name, "version", var version, ..])
        {
            Identity = (name, version);
        }
    }

    /// <summary>Runs the command of a container that conmon has created.</summary>
    /// <exception cref="RuntimeException">The program refused; the message is its own.</exception>
    public Task StartAsync(string id, CancellationToken cancellationToken) => RunAsync(cancellationToken, "start", id);

    /// <summary>Kills what is left of a container and removes its cgroup and state; one that is not there is no error.</summary>
    /// <exception cref="RuntimeException">The program refused.</exception>
    public Task DeleteAsync(string id, CancellationToken cancellationToken) =>
        Directory.Exists($"{Root}/{id}") ? RunAsync(cancellationToken, "delete", "--force", id) : Task.CompletedTask;

    /// <summary>Whether the command of a container has been let run, be it over or not; false where the program knows no such container.</summary>
    /// <exception cref="RuntimeException">The program refused, or answered something else than a state.</exception>
    public async Task<bool> HasStartedAsync(string id, CancellationToken cancellationToken)
    {
        if (!Directory.Exists($"{Root}/{id}"))
        {
            return false;
        }

        var answer = await RunAsync(cancellationToken, "state", id).ConfigureAwait(false);
        try
        {
            using var state = JsonDocument.Parse(answer);
            return state.RootElement.GetProperty("status").GetString() is not ("creating" or "created");
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new RuntimeException($"{Identity.Name} state: {answer.Trim()}", failure);
        }
    }

    private async Task<string> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var start = new ChildProcessStart { Path = Path, Arguments = [$"--root={Root}", .. arguments] };
        var result = await ChildProcess.RunAsync(start, cancellationToken).ConfigureAwait(false);
        if (!result.Exit.Success)
        {
            throw new RuntimeException($"{Identity.Name} {arguments[0]}: {Message(result)}");
        }

        return result.Output;
    }

    private static string Message(CompletedProcess result) =>
        result.Error.Trim() is { Length: > 0 } text ? text : result.Exit.ToString();
}
