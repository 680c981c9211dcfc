using System.Globalization;

namespace Nacelle.Linux.Processes;

/// <summary>Signal names as images' STOPSIGNAL and Kubernetes write them: <c>SIGTERM</c>, <c>TERM</c>, <c>15</c>, <c>SIGRTMIN+3</c>.</summary>
public static class SignalNames
{
    private const int RealTimeMinimum = 34;
    private const int RealTimeMaximum = 64;

    private static readonly string[] Names =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT",
        "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary>The number of a signal's name or number (1 to 64); false for anything else.</summary>
    public static bool TryParse(string text, out Signal signal)
    {
        signal = Signal.None;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            signal = (Signal)number;
            return number is >= 1 and <= RealTimeMaximum;
        }

        var name = text.ToUpperInvariant();
        name = name.StartsWith("SIG", StringComparison.Ordinal) ? name[3..] : name;
        number = name switch
        {
            "" => 0,
            "IOT" => (int)Signal.Abort,
            "CLD" => (int)Signal.Child,
            "POLL" => (int)Signal.Io,
            _ => Array.IndexOf(Names, name) is > 0 and var index ? index : RealTime(name),
        };
        signal = (Signal)number;
        return number > 0;
    }

    /// <summary>The name with its prefix: <c>SIGTERM</c>; real-time signals as <c>SIGRTMIN+n</c>.</summary>
    public static string Format(Signal signal)
    {
        var number = (int)signal;
        return number switch
        {
            > 0 and < 32 => "SIG" + Names[number],
            RealTimeMinimum => "SIGRTMIN",
            > RealTimeMinimum and <= RealTimeMaximum => $"SIGRTMIN+{number - RealTimeMinimum}",
            _ => number.ToString(CultureInfo.InvariantCulture),
        };
    }

    private static int RealTime(string name)
    {
        var start = name.StartsWith("RTMIN", StringComparison.Ordinal) ? RealTimeMinimum
            : name.StartsWith("RTMAX", StringComparison.Ordinal) ? RealTimeMaximum
            : 0;
        if (start == 0)
        {
            return 0;
        }

        var offset = 0;
        if (name.Length > 5 && !int.TryParse(name.AsSpan(5), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out offset))
        {
            return 0;
        }

        var number = start + offset;
        return number is >= RealTimeMinimum and <= RealTimeMaximum ? number : 0;
    }
}
