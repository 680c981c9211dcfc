using System.Buffers.Text;

namespace Nacelle.Inspect.Processes;

/// <summary>The fields of <c>/proc/PID/stat</c> that are used here (proc_pid_stat(5)).</summary>
internal struct StatFile
{
    /// <summary>The name in parentheses: up to 15 bytes, any of them.</summary>
    public Range Name;

    public byte State;

    /// <summary>In the namespace of whoever reads the file.</summary>
    public int ParentPid;

    /// <summary>User and system time in clock ticks.</summary>
    public long CpuTicks;

    public int Threads;

    /// <summary>Clock ticks since boot.</summary>
    public long StartTicks;

    public long ResidentPages;

    /// <summary>Where the program and its stack lie: another program, another value.</summary>
    public ulong Image;

    /// <summary>False where the text is not one, such as one cut short.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out StatFile stat)
    {
        stat = default;
        var open = text.IndexOf((byte)'(');

        // The name may hold parentheses and spaces; nothing behind it does.
        var close = text.LastIndexOf((byte)')');
        if (open < 0 || close < open || close + 4 > text.Length)
        {
            return false;
        }

        stat.Name = (open + 1)..close;
        stat.State = text[close + 2];
        var rest = text[(close + 4)..];
        var field = 4;
        while (Utf8Parser.TryParse(rest, out ulong value, out var length) || SkipNegative(rest, out value, out length))
        {
            Set(ref stat, field++, value);
            if (length >= rest.Length)
            {
                break;
            }

            rest = rest[(length + 1)..];
        }

        return field > 24;
    }

    private static void Set(ref StatFile stat, int field, ulong value)
    {
        switch (field)
        {
            case 4:
                stat.ParentPid = (int)value;
                break;
            case 14 or 15:
                stat.CpuTicks += (long)value;
                break;
            case 20:
                stat.Threads = (int)value;
                break;
            case 22:
                stat.StartTicks = (long)value;
                break;
            case 24:
                stat.ResidentPages = (long)value;
                break;
            case 26 or 27 or 28 or 48:
                stat.Image = (stat.Image * 31) + value;
                break;
        }
    }

    // tpgid, priority and nice may be negative; none of them is used.
    private static bool SkipNegative(ReadOnlySpan<byte> text, out ulong value, out int length)
    {
        value = 0;
        return Utf8Parser.TryParse(text, out long _, out length);
    }
}
