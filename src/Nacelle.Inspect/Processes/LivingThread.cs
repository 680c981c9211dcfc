using System.Globalization;
using System.Text;
using Nacelle.Linux.Processes;

namespace Nacelle.Inspect.Processes;

/// <summary>A thread of a process that has not ended: the first one as a rule, which may end before the others.</summary>
/// <param name="Id">Its thread ID on the host; <c>/proc/ID</c> is about it alone.</param>
/// <param name="State">R, S, D, T, … (proc_pid_stat(5)).</param>
internal readonly record struct LivingThread(int Id, byte State)
{
    /// <summary>The first in the order of the kernel; null where none lives.</summary>
    public static LivingThread? Find(int pid)
    {
        Span<byte> buffer = stackalloc byte[1024];
        foreach (var thread in ThreadIds.Of(pid))
        {
            var length = ProcFile.Read(pid, Encoding.ASCII.GetBytes($"task/{thread}/stat"), buffer);
            if (length > 0 && StatFile.TryParse(buffer[..length], out var stat)
                && ProcessReader.StateOf(stat.State) is not (ProcessState.Zombie or ProcessState.Dead))
            {
                return new LivingThread(int.Parse(thread, CultureInfo.InvariantCulture), stat.State);
            }
        }

        return null;
    }
}
