using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Nacelle.Linux;
using Nacelle.Linux.Processes;

namespace Nacelle.Inspect.Processes;

/// <summary>
/// The signals that a process asks the kernel for, in sigwaitinfo(2) and its like, as small first processes do. While it waits it does not block them, as
/// far as its status shows, and yet the kernel keeps them for it: the call and its argument tell (<c>/proc/PID/syscall</c>, proc(5)).
/// </summary>
internal static class SignalWait
{
    // rt_sigtimedwait.
    private static readonly string Call = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "137" : "128";

    /// <summary>Bit n-1 for signal n; all where it waits and the kernel does not let us see for what; 0 where its first thread does not wait for signals.</summary>
    public static ulong Read(int pid)
    {
        var buffer = new byte[256];
        try
        {
            return ProcFile.Read(pid, "syscall"u8, buffer) is > 0 and var length
                && Find(System.Text.Encoding.ASCII.GetString(buffer, 0, length)) is { } address ? ReadSet(pid, address) : 0;
        }
        catch (LinuxException)
        {
            // Not permitted to us, or not in this kernel: nothing is known.
            return 0;
        }
    }

    /// <summary>Where in the process's memory the set lies; null where it is in another call, or runs.</summary>
    internal static long? Find(string text) =>
        text.Split(' ') is [var call, ['0', 'x', .. var set], ..] && call == Call
        && long.TryParse(set, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var address) && address > 0
            ? address
            : null;

    private static ulong ReadSet(int pid, long address)
    {
        Span<byte> set = stackalloc byte[sizeof(ulong)];
        try
        {
            using var memory = File.OpenHandle(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/mem"));
            return RandomAccess.Read(memory, set, address) == set.Length ? BinaryPrimitives.ReadUInt64LittleEndian(set) : ulong.MaxValue;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ulong.MaxValue;
        }
    }
}
