using System.Buffers.Text;
using System.Globalization;

namespace Nacelle.Inspect.Processes;

/// <summary>The fields of <c>/proc/PID/status</c> that are used here (proc_pid_status(5)).</summary>
internal struct StatusFile
{
    /// <summary>Effective.</summary>
    public uint Uid;

    /// <summary>Effective.</summary>
    public uint Gid;

    public ulong EffectiveCapabilities;

    public bool NoNewPrivileges;

    /// <summary>0 none, 1 strict, 2 filter.</summary>
    public int Seccomp;

    /// <summary>Its PID in each PID namespace that it is in, the reader's own first.</summary>
    public int[] NamespacePids;

    /// <summary>Of its first thread: bit n-1 for signal n, as in the two masks below.</summary>
    public ulong BlockedSignals;

    public ulong IgnoredSignals;

    public ulong CaughtSignals;

    public static StatusFile Parse(ReadOnlySpan<byte> text)
    {
        var status = new StatusFile { NamespacePids = [] };

        // The first line is the name, with its control characters escaped: no line can be feigned.
        foreach (var range in text.Split((byte)'\n'))
        {
            var line = text[range];
            if (line.IsEmpty)
            {
                continue;
            }

            switch (line[0])
            {
                case (byte)'U' when line.StartsWith("Uid:\t"u8):
                    status.Uid = Second(line[5..]);
                    break;
                case (byte)'G' when line.StartsWith("Gid:\t"u8):
                    status.Gid = Second(line[5..]);
                    break;
                case (byte)'N' when line.StartsWith("NSpid:\t"u8):
                    status.NamespacePids = Numbers(line[7..]);
                    break;
                case (byte)'N' when line.StartsWith("NoNewPrivs:\t"u8):
                    status.NoNewPrivileges = line[12..].StartsWith("1"u8);
                    break;
                case (byte)'C' when line.StartsWith("CapEff:\t"u8):
                    status.EffectiveCapabilities = Mask(line[8..]);
                    break;
                case (byte)'S' when line.StartsWith("SigBlk:\t"u8):
                    status.BlockedSignals = Mask(line[8..]);
                    break;
                case (byte)'S' when line.StartsWith("SigIgn:\t"u8):
                    status.IgnoredSignals = Mask(line[8..]);
                    break;
                case (byte)'S' when line.StartsWith("SigCgt:\t"u8):
                    status.CaughtSignals = Mask(line[8..]);
                    break;
                case (byte)'S' when line.StartsWith("Seccomp:\t"u8):
                    _ = Utf8Parser.TryParse(line[9..], out status.Seccomp, out _);
                    break;
            }
        }

        return status;
    }

    private static uint Second(ReadOnlySpan<byte> text)
    {
        var tab = text.IndexOf((byte)'\t');
        return Utf8Parser.TryParse(text[(tab + 1)..], out uint value, out _) ? value : uint.MaxValue;
    }

    private static ulong Mask(ReadOnlySpan<byte> text) =>
        ulong.TryParse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var mask) ? mask : 0;

    private static int[] Numbers(ReadOnlySpan<byte> text)
    {
        var numbers = new int[text.Count((byte)'\t') + 1];
        var index = 0;
        foreach (var range in text.Split((byte)'\t'))
        {
            _ = Utf8Parser.TryParse(text[range], out numbers[index++], out _);
        }

        return numbers;
    }
}
