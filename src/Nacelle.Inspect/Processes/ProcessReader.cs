using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Nacelle.Linux.Processes;

namespace Nacelle.Inspect.Processes;

/// <summary>Reads <c>/proc/PID/{stat,status,cmdline}</c>. For one thread at a time: it keeps its buffers.</summary>
public sealed class ProcessReader
{
    /// <summary>How much of the arguments is read, in bytes. A process may have megabytes of them.</summary>
    public const int ArgumentBytes = 4096;

    private const int LongestStatus = 1024 * 1024;

    private readonly byte[] _stat = new byte[1024];
    private byte[] _status = new byte[4096];
    private readonly byte[] _arguments = new byte[ArgumentBytes + 1];

    /// <summary>The process now; null where it has ended, while it was being read too.</summary>
    /// <param name="pid">Its PID on the host.</param>
    public ObservedProcess? TryRead(int pid)
    {
        if (!TryReadStat(pid, out var stat) || !TryReadStatus(pid, out var status)
            || ProcFile.Read(pid, "cmdline"u8, _arguments) is not (>= 0 and var argumentLength))
        {
            return null;
        }

        return new ObservedProcess
        {
            HostPid = pid,
            StartTicks = stat.StartTicks,
            ParentHostPid = stat.ParentPid,
            NamespacePids = ImmutableCollectionsMarshal.AsImmutableArray(status.NamespacePids),
            State = StateOf(stat.State),
            Name = EscapedText.Of(_stat.AsSpan(stat.Name)),
            Arguments = Arguments(argumentLength),
            ArgumentsCut = argumentLength > ArgumentBytes,
            Uid = status.Uid,
            Gid = status.Gid,
            EffectiveCapabilities = status.EffectiveCapabilities,
            NoNewPrivileges = status.NoNewPrivileges,
            Seccomp = status.Seccomp,
            Threads = stat.Threads,
            ResidentBytes = stat.ResidentPages * Environment.SystemPageSize,
            CpuTime = TimeSpan.FromSeconds((double)stat.CpuTicks / ClockTicks.PerSecond),
            Image = stat.Image,
        };
    }

    /// <summary>
    /// What one cheap file shows: enough to see whether a full reading is due. A process lives as long as one of its threads: where the first one has ended and
    /// others have not, the state is that of one of these.
    /// </summary>
    internal bool TryReadStat(int pid, out StatFile stat)
    {
        stat = default;
        var length = ProcFile.Read(pid, "stat"u8, _stat);
        if (length <= 0 || !StatFile.TryParse(_stat.AsSpan(0, length), out stat))
        {
            return false;
        }

        if (StateOf(stat.State) == ProcessState.Zombie && stat.Threads > 1)
        {
            stat.State = LivingThread.Find(pid)?.State ?? stat.State;
        }

        return true;
    }

    /// <summary>The whole file: one line lists up to 65,536 groups, and what matters most stands behind it.</summary>
    internal bool TryReadStatus(int pid, out StatusFile status)
    {
        int length;
        while ((length = ProcFile.Read(pid, "status"u8, _status)) == _status.Length && _status.Length < LongestStatus)
        {
            _status = new byte[_status.Length * 4];
        }

        status = length > 0 ? StatusFile.Parse(_status.AsSpan(0, length)) : default;
        return length > 0;
    }

    internal static ProcessState StateOf(byte letter) => letter switch
    {
        (byte)'R' => ProcessState.Running,
        (byte)'S' => ProcessState.Sleeping,
        (byte)'D' => ProcessState.DiskSleep,
        (byte)'Z' => ProcessState.Zombie,
        (byte)'T' => ProcessState.Stopped,
        (byte)'t' => ProcessState.Traced,
        (byte)'I' => ProcessState.Idle,
        _ => ProcessState.Dead,
    };

    private ImmutableArray<string> Arguments(int length)
    {
        // Each argument ends with a zero. A program that wrote a title over them (setproctitle) leaves the rest of their room full of zeros, so that
        // empty arguments at the end cannot be told from it.
        var text = _arguments.AsSpan(0, Math.Min(length, ArgumentBytes)).TrimEnd((byte)0);
        if (text.IsEmpty)
        {
            return [];
        }

        var arguments = ImmutableArray.CreateBuilder<string>(text.Count((byte)0) + 1);
        foreach (var range in text.Split((byte)0))
        {
            arguments.Add(EscapedText.Of(text[range]));
        }

        return arguments.DrainToImmutable();
    }
}
