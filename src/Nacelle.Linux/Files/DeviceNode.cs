using System.Runtime.InteropServices;

namespace Nacelle.Linux.Files;

/// <summary>A device special file, by statx(2).</summary>
/// <param name="Type">'c' or 'b'.</param>
/// <param name="Mode">Its permission bits.</param>
public readonly partial record struct DeviceNode(char Type, uint Major, uint Minor, uint Mode, uint Uid, uint Gid)
{
    private const int WorkingDirectory = -100;
    private const uint BasicStatistics = 0x7FF;

    /// <summary>The device that a path names, links followed; null when it is something else.</summary>
    /// <exception cref="LinuxException">There is no such file.</exception>
    public static unsafe DeviceNode? TryRead(string path)
    {
        var buffer = stackalloc byte[256];
        LinuxException.Check(statx(WorkingDirectory, path, 0, BasicStatistics, buffer), "statx", path);

        // struct statx: uid at 20, gid 24, mode 28, the device's own numbers at 128 and 132.
        var mode = *(ushort*)(buffer + 28);
        char? type = (mode & 0xF000) switch
        {
            0x2000 => 'c',
            0x6000 => 'b',
            _ => null,
        };
        return type is { } known
            ? new DeviceNode(known, *(uint*)(buffer + 128), *(uint*)(buffer + 132), mode & 0xFFFu, *(uint*)(buffer + 20), *(uint*)(buffer + 24))
            : null;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int statx(int directory, string path, int flags, uint mask, byte* buffer);
}
