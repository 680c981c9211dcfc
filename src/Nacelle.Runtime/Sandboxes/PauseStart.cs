using System.Collections.Immutable;
using System.Globalization;
using Nacelle.Linux.Processes;

namespace Nacelle.Runtime.Sandboxes;

/// <summary>What <c>/pause</c> is started with; see native/pause/sandbox.c.</summary>
internal sealed record PauseStart
{
    public required string Id { get; init; }

    public required string Launcher { get; init; }

    public required RuntimeDirectories Directories { get; init; }

    public string? NetworkNamespace { get; init; }

    /// <summary>A UTS namespace of its own with this name; null keeps the host's.</summary>
    public string? Hostname { get; init; }

    public bool NewIpc { get; init; }

    public bool NewPid { get; init; }

    public ImmutableArray<string> CgroupFiles { get; init; } = [];

    /// <summary><c>net/ipv4/ip_forward=1</c></summary>
    public ImmutableArray<string> Sysctls { get; init; } = [];

    public long? OomScoreAdj { get; init; }

    public uint Uid { get; init; }

    public uint Gid { get; init; }

    public ImmutableArray<uint> Groups { get; init; } = [];

    /// <summary>Starts it.</summary>
    /// <returns>The PID of <c>/pause</c>. Its keeper, nacelle-sandbox, is reaped when it ends, by this process or by the machine's init.</returns>
    /// <exception cref="RuntimeException">It could not be started; the message says which step failed.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var ready = new Pipe();
        var keeper = ChildProcess.Start(new ChildProcessStart
        {
            Path = Launcher,
            Name = "nacelle-sandbox",
            Arguments = Arguments(),
            Descriptors = [new(3, ready.Writer)],
        });
        ready.Writer.Dispose();
        var answer = (await PipeText.ReadAsync(ready.Reader, cancellationToken).ConfigureAwait(false)).TrimEnd();
        if (int.TryParse(answer, NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
        {
            return pid;
        }

        keeper.Send(Signal.Kill);
        cancellationToken.ThrowIfCancellationRequested();
        throw new RuntimeException($"start /pause: {(answer.Length == 0 ? "nacelle-sandbox ended without a word" : answer)}");
    }

    private ImmutableArray<string> Arguments()
    {
        var arguments = ImmutableArray.CreateBuilder<string>();
        arguments.AddRange("--id", Id, "--root", Directories.PauseRoot, "--exit-dir", Directories.Exits);
        Add("--netns", NetworkNamespace);
        Add("--hostname", Hostname);
        Add("--ipc", NewIpc ? "new" : null);
        Add("--pid", NewPid ? "new" : null);
        foreach (var file in CgroupFiles)
        {
            Add("--cgroup", file);
        }

        foreach (var sysctl in Sysctls)
        {
            Add("--sysctl", sysctl);
        }

        Add("--oom-score-adj", OomScoreAdj?.ToString(CultureInfo.InvariantCulture));
        Add("--uid", Uid.ToString(CultureInfo.InvariantCulture));
        Add("--gid", Gid.ToString(CultureInfo.InvariantCulture));
        Add("--groups", Groups.IsEmpty ? null : string.Join(',', Groups));
        return arguments.ToImmutable();

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                arguments.AddRange(name, value);
            }
        }
    }
}
