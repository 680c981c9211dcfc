using System.Buffers.Text;

namespace Nacelle.Inspect.Processes;

/// <summary>
/// <c>/proc/PID/schedstat</c> (the kernel's sched-stats document): the cheapest file that a process can't change its state, program or user without changing.
/// It tells of the first thread.
/// </summary>
/// <param name="RunTime">Nanoseconds on a processor.</param>
/// <param name="WaitTime">Nanoseconds ready, and waiting for one.</param>
/// <param name="Turns">How often it was given one.</param>
internal readonly record struct SchedStatFile(ulong RunTime, ulong WaitTime, ulong Turns)
{
    /// <summary>False where the text is not one, or the kernel keeps no count and writes zeros.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out SchedStatFile file)
    {
        file = default;
        if (!TryTake(ref text, out var runTime) || !TryTake(ref text, out var waitTime) || !TryTake(ref text, out var turns) || turns == 0)
        {
            return false;
        }

        file = new SchedStatFile(runTime, waitTime, turns);
        return true;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> text, out ulong number)
    {
        if (!Utf8Parser.TryParse(text, out number, out var length))
        {
            return false;
        }

        text = text[Math.Min(length + 1, text.Length)..];
        return true;
    }
}
