using System.Buffers.Text;
using Nacelle.Linux.Processes;

namespace Nacelle.Inspect.Processes;

/// <summary>
/// The children of a process, those included that have ended and are not reaped: a control group's list leaves these out. Read from
/// <c>/proc/PID/task/TID/children</c> (proc(5)); empty on kernels without it. For one thread at a time: it keeps its buffer.
/// </summary>
internal sealed class ChildProcesses
{
    private readonly byte[] _buffer = new byte[16 * 1024];

    /// <summary>Their PIDs on the host. A process with more than some two thousand children shows those.</summary>
    public List<int> Of(int pid)
    {
        var children = new List<int>();
        foreach (var thread in ThreadIds.Of(pid))
        {
            var length = ProcFile.Read(pid, System.Text.Encoding.ASCII.GetBytes($"task/{thread}/children"), _buffer);
            for (var rest = _buffer.AsSpan(0, Math.Max(length, 0)); Utf8Parser.TryParse(rest, out int child, out var digits); rest = rest[Math.Min(digits + 1, rest.Length)..])
            {
                children.Add(child);
            }
        }

        return children;
    }
}
