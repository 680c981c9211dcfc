using System.Runtime.InteropServices;

namespace Nacelle.Linux.Polling;

/// <summary>struct epoll_event: packed to 12 bytes on x86-64, padded to 16 elsewhere.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal unsafe struct EpollEvent
{
    private static readonly bool Packed = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    private fixed byte bytes[16];

    internal static int Stride => Packed ? 12 : 16;

    internal static EpollEvent Create(uint events, ulong key)
    {
        var result = default(EpollEvent);
        *(uint*)result.bytes = events;
        Marshal.WriteInt64((nint)(result.bytes + KeyOffset), (long)key);
        return result;
    }

    internal static ulong ReadKey(byte* entry) => (ulong)Marshal.ReadInt64((nint)(entry + KeyOffset));

    private static int KeyOffset => Packed ? 4 : 8;
}
