using System.Runtime.InteropServices;
using System.Text;

namespace Nacelle.Linux.Files;

/// <summary>
/// What statx(2) says of a file without asking anybody: no link is followed, no automount triggered, and the server of a network or FUSE file system is not
/// waited for (AT_STATX_DONT_SYNC), which could hang this process.
/// </summary>
/// <param name="Status">Type, owner, size and times; all zero where the file system gives none without being asked.</param>
/// <param name="Identity">Which file it is.</param>
/// <param name="MountId">The mount it was reached through, as <c>/proc/PID/mountinfo</c> numbers it. A number is used again after its mount is gone.</param>
/// <param name="IsMountRoot">Whether it is the root of that mount.</param>
public readonly partial record struct FileFacts(FileStatus Status, FileIdentity Identity, ulong MountId, bool IsMountRoot)
{
    private const int SymlinkNoFollow = 0x100;
    private const int NoAutomount = 0x800;
    private const int EmptyPath = 0x1000;
    private const int DoNotSync = 0x4000;
    private const uint BasicStats = 0x7FF;
    private const uint MountIdMask = 0x1000;
    private const ulong MountRootAttribute = 0x2000;

    /// <summary>Of an open file, or of a name within an open directory.</summary>
    /// <param name="name">Empty for the open file itself.</param>
    /// <returns>Null if there is nothing of that name.</returns>
    /// <exception cref="LinuxException">The call failed otherwise; EACCES on another user's FUSE file system.</exception>
    public static FileFacts? TryRead(FileDescriptor directory, ReadOnlySpan<byte> name)
    {
        Span<byte> fields = stackalloc byte[256];
        var result = Call(directory, name, BasicStats | MountIdMask, fields);
        if (result < 0 && Marshal.GetLastPInvokeError() == Errno.EACCES)
        {
            // A FUSE file system of another user tells its mount and nothing else, and only to who asks for nothing.
            result = Call(directory, name, 0, fields);
        }

        if (result < 0)
        {
            return Marshal.GetLastPInvokeError() == Errno.ENOENT ? null : throw LinuxException.Last("statx", Encoding.UTF8.GetString(name));
        }

        return new FileFacts(
            FileStatus.FromStatx(fields), FileIdentity.FromStatx(fields),
            MemoryMarshal.Read<ulong>(fields[144..]), (MemoryMarshal.Read<ulong>(fields[8..]) & MountRootAttribute) != 0);
    }

    private static unsafe int Call(FileDescriptor directory, ReadOnlySpan<byte> name, uint mask, Span<byte> fields)
    {
        fields.Clear();
        fixed (byte* path = RawName.Terminated(name, stackalloc byte[RawName.Short]))
        fixed (byte* data = fields)
        {
            return statx(directory, path, SymlinkNoFollow | NoAutomount | EmptyPath | DoNotSync, mask, data);
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int statx(FileDescriptor directory, byte* path, int flags, uint mask, byte* result);
}
