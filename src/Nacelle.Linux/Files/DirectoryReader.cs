using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Nacelle.Linux.Files;

/// <summary>
/// Reads an open directory one name at a time: a directory of any size takes one buffer. <c>.</c> and <c>..</c> are left out. What is added or removed
/// meanwhile may or may not appear, as getdents64(2) has it.
/// </summary>
/// <param name="directory">Open for reading; its position is used and moved.</param>
public sealed partial class DirectoryReader(FileDescriptor directory)
{
    private readonly byte[] buffer = new byte[32 * 1024];
    private int next;
    private int end;

    /// <summary>Where to go on after the name that was read last: the file system's own number, good for <see cref="Seek"/> on the same directory.</summary>
    public long Position { get; private set; }

    /// <summary>Goes on at a position of an earlier reader; 0 is the start.</summary>
    /// <exception cref="LinuxException">The file system does not know the position (EINVAL).</exception>
    public void Seek(long position)
    {
        if (lseek(directory, position, 0) < 0)
        {
            throw LinuxException.Last("lseek");
        }

        (next, end, Position) = (0, 0, position);
    }

    /// <summary>The next name.</summary>
    /// <param name="name">Valid until the next call.</param>
    /// <returns>False at the directory's end, and where it was removed meanwhile.</returns>
    /// <exception cref="LinuxException">The directory can't be read.</exception>
    public bool TryRead(out ReadOnlySpan<byte> name)
    {
        while (true)
        {
            if (next == end && !Fill())
            {
                name = default;
                return false;
            }

            // struct linux_dirent64: u64 inode, s64 offset, u16 record length, u8 type, name ending in NUL.
            ReadOnlySpan<byte> record = buffer.AsSpan(next, end - next);
            Position = BinaryPrimitives.ReadInt64LittleEndian(record[8..]);
            int length = BinaryPrimitives.ReadUInt16LittleEndian(record[16..]);
            name = record[19..length];
            name = name[..name.IndexOf((byte)0)];
            next += length;
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                return true;
            }
        }
    }

    private unsafe bool Fill()
    {
        nint count;
        fixed (byte* data = buffer)
        {
            count = getdents64(directory, data, (nuint)buffer.Length);
        }

        if (count < 0)
        {
            // A directory that was removed while it is open has no entries any more.
            return Marshal.GetLastPInvokeError() == Errno.ENOENT ? false : throw LinuxException.Last("getdents64");
        }

        (next, end) = (0, (int)count);
        return count > 0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint getdents64(FileDescriptor directory, byte* buffer, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(FileDescriptor directory, long offset, int whence);
}
