using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Nacelle.Linux.Files;

/// <summary>
/// The calls that act on a name within an open directory and never follow a link in that name's last component. Names are the
/// raw bytes that the kernel sees: archives carry names that aren't UTF-8. Failures throw <see cref="LinuxException"/>.
/// </summary>
public static partial class FileAt
{
    private const int AtSymlinkNoFollow = 0x100;
    private const int AtRemoveDirectory = 0x200;
    private const int AtEmptyPath = 0x1000;

    // struct statx
    private const int StatusSize = 256;

    /// <summary>mkdirat(2); the process's umask applies.</summary>
    public static unsafe void MakeDirectory(FileDescriptor directory, ReadOnlySpan<byte> name, uint mode)
    {
        fixed (byte* path = RawName.Terminated(name, stackalloc byte[RawName.Short]))
        {
            Check(mkdirat(directory, path, mode), "mkdirat", name);
        }
    }

    /// <summary>openat(2) of a new regular file with mode 0600 for writing; fails if anything has that name.</summary>
    public static unsafe FileDescriptor CreateFile(FileDescriptor directory, ReadOnlySpan<byte> name)
    {
        int flags = OpenFlagNumbers.ForThisMachine(
            OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow | OpenFlags.CloseOnExec);
        fixed (byte* path = RawName.Terminated(name, stackalloc byte[RawName.Short]))
        {
            return new FileDescriptor(Check(openat(directory, path, flags, 0x180), "openat", name));
        }
    }

    /// <summary>openat(2) of a directory for reading its entries; a link is refused.</summary>
    public static unsafe FileDescriptor OpenDirectory(FileDescriptor directory, ReadOnlySpan<byte> name)
    {
        int flags = OpenFlagNumbers.ForThisMachine(OpenFlags.Directory | OpenFlags.NoFollow | OpenFlags.CloseOnExec);
        fixed (byte* path = RawName.Terminated(name, stackalloc byte[RawName.Short]))
        {
            return new FileDescriptor(Check(openat(directory, path, flags, 0), "openat", name));
        }
    }

    /// <summary>Opens a directory by its absolute path, for reading its entries.</summary>
    public static unsafe FileDescriptor OpenAbsolute(string path)
    {
        byte[] name = Encoding.UTF8.GetBytes(path);
        int flags = OpenFlagNumbers.ForThisMachine(OpenFlags.Directory | OpenFlags.CloseOnExec);
        fixed (byte* terminated = RawName.Terminated(name, stackalloc byte[RawName.Short]))
        {
            return new FileDescriptor(Check(open(terminated, flags, 0), "open", name));
        }
    }

    /// <summary>mknodat(2).</summary>
    /// <param name="mode">Type (<see cref="FileStatus.CharacterDevice"/> and so on) and permissions.</param>
    public static unsafe void MakeNode(FileDescriptor directory, ReadOnlySpan<byte> name, uint mode, uint major, uint minor)
    {
        ulong device = ((ulong)(major & 0xFFFFF000) << 32) | ((ulong)(major & 0xFFF) << 8)
            | ((ulong)(minor & 0xFFFFFF00) << 12) | (minor & 0xFF);
        fixed (byte* path = RawName.Terminated(name, stackalloc byte[RawName.Short]))
        {
            Check(mknodat(directory, path, mode, device), "mknodat", name);
        }
    }

    /// <summary>symlinkat(2); the target is stored as it is.</summary>
    public static unsafe void MakeSymbolicLink(ReadOnlySpan<byte> target, FileDescriptor directory, ReadOnlySpan<byte> name)
    {
        fixed (byte* content = RawName.Terminated(target, stackalloc byte[RawName.Short]))
        fixed (byte* path = RawName.Terminated(name, stackalloc byte[RawName.Short]))
        {
            Check(symlinkat(content, directory, path), "symlinkat", name);
        }
    }

    /// <summary>linkat(2); a link as the source is linked itself, not what it points to.</summary>
    public static unsafe void MakeHardLink(
        FileDescriptor sourceDirectory, ReadOnlySpan<byte> source, FileDescriptor directory, ReadOnlySpan<byte> name)
    {
        fixed (byte* from = RawName.Terminated(source, stackalloc byte[RawName.Short]))
        fixed (byte* to = RawName.Terminated(name, stackalloc byte[RawName.Short]))
        {
            Check(linkat(sourceDirectory, from, directory, to, 0), "linkat", name);
        }
    }

    /// <summary>unlinkat(2).</summary>
    /// <param name="isDirectory">Whether an (empty) directory is meant.</param>
    public static unsafe void Remove(FileDescriptor directory, ReadOnlySpan<byte> name, bool isDirectory)
    {
        fixed (byte* path = RawName.Terminated(name, stackalloc byte[RawName.Short]))
        {
            Check(unlinkat(directory, path, isDirectory ? AtRemoveDirectory : 0), "unlinkat", name);
        }
    }

    /// <summary>statx(2); null if there is nothing of that name. An empty name means the directory itself.</summary>
    public static FileStatus? Status(FileDescriptor directory, ReadOnlySpan<byte> name)
    {
        Span<byte> fields = stackalloc byte[StatusSize];
        if (!TryReadStatus(directory, name, fields))
        {
            return Marshal.GetLastPInvokeError() == Errno.ENOENT
                ? null
                : throw LinuxException.Last("statx", Encoding.UTF8.GetString(name));
        }

        return FileStatus.FromStatx(fields);
    }

    /// <summary>Which directory or file this open one is.</summary>
    public static FileIdentity Identity(FileDescriptor file)
    {
        Span<byte> fields = stackalloc byte[StatusSize];
        return TryReadStatus(file, default, fields)
            ? FileIdentity.FromStatx(fields)
            : throw LinuxException.Last("statx");
    }

    /// <summary>fchownat(2). An empty name means the open file itself.</summary>
    public static unsafe void SetOwner(FileDescriptor directory, ReadOnlySpan<byte> name, uint uid, uint gid)
    {
        fixed (byte* path = RawName.Terminated(name, stackalloc byte[RawName.Short]))
        {
            Check(fchownat(directory, path, uid, gid, AtSymlinkNoFollow | AtEmptyPath), "fchownat", name);
        }
    }

    /// <summary>fchmodat(2). It follows links: call it only on what was just made and is none.</summary>
    public static unsafe void SetPermissions(FileDescriptor directory, ReadOnlySpan<byte> name, uint mode)
    {
        fixed (byte* path = RawName.Terminated(name, stackalloc byte[RawName.Short]))
        {
            Check(fchmodat(directory, path, mode, 0), "fchmodat", name);
        }
    }

    /// <summary>utimensat(2), setting access and modification time alike.</summary>
    public static unsafe void SetTime(FileDescriptor directory, ReadOnlySpan<byte> name, long seconds, uint nanoseconds)
    {
        long* times = stackalloc long[4] { seconds, nanoseconds, seconds, nanoseconds };
        fixed (byte* path = RawName.Terminated(name, stackalloc byte[RawName.Short]))
        {
            Check(utimensat(directory, path, times, AtSymlinkNoFollow), "utimensat", name);
        }
    }

    /// <summary>The entries of a directory that was opened for reading, without <c>.</c> and <c>..</c>; reads from its start.</summary>
    public static unsafe List<byte[]> Entries(FileDescriptor directory)
    {
        List<byte[]> names = [];
        _ = lseek(directory, 0, 0);
        byte[] buffer = new byte[32 * 1024];
        while (true)
        {
            nint count;
            fixed (byte* data = buffer)
            {
                count = getdents64(directory, data, (nuint)buffer.Length);
            }

            if (count < 0)
            {
                throw LinuxException.Last("getdents64");
            }

            if (count == 0)
            {
                return names;
            }

            AddNames(buffer.AsSpan(0, (int)count), names);
        }
    }

    /// <summary>Throws ENAMETOOLONG if the path from <c>/</c> to this open directory is longer than a path may be.</summary>
    public static unsafe void CheckReachable(FileDescriptor directory)
    {
        byte* target = stackalloc byte[RawName.MaxPath];
        byte[] link = Encoding.ASCII.GetBytes($"/proc/self/fd/{directory.Number}");
        fixed (byte* path = RawName.Terminated(link, stackalloc byte[RawName.Short]))
        {
            Check((int)readlink(path, target, RawName.MaxPath), "readlink", link);
        }
    }

    /// <summary>syncfs(2): all that was written to the file system of this open file is on the disk afterwards.</summary>
    public static void SyncFileSystem(FileDescriptor file) => LinuxException.Check(syncfs(file), "syncfs");

    /// <summary>Opens beneath a root by openat2(2); with <see cref="ResolveFlags.InRoot"/> links are followed but never lead outside.</summary>
    public static unsafe FileDescriptor OpenIn(FileDescriptor root, ReadOnlySpan<byte> name, OpenFlags flags, ResolveFlags resolve)
    {
        const long sysOpenAt2 = 437;
        ulong* how = stackalloc ulong[3]
        {
            (ulong)OpenFlagNumbers.ForThisMachine(flags | OpenFlags.CloseOnExec), 0, (ulong)resolve,
        };
        fixed (byte* path = RawName.Terminated(name, stackalloc byte[RawName.Short]))
        {
            return new FileDescriptor(Check((int)syscall(sysOpenAt2, root, path, how, 3 * sizeof(ulong)), "openat2", name));
        }
    }

    private static unsafe bool TryReadStatus(FileDescriptor directory, ReadOnlySpan<byte> name, Span<byte> result)
    {
        const uint basicStats = 0x7FF;
        fixed (byte* path = RawName.Terminated(name, stackalloc byte[RawName.Short]))
        fixed (byte* data = result)
        {
            return statx(directory, path, AtSymlinkNoFollow | AtEmptyPath, basicStats, data) == 0;
        }
    }

    private static void AddNames(ReadOnlySpan<byte> records, List<byte[]> names)
    {
        // struct linux_dirent64: u64 inode, s64 offset, u16 record length, u8 type, name ending in NUL.
        while (!records.IsEmpty)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(records[16..]);
            ReadOnlySpan<byte> name = records[19..length];
            name = name[..name.IndexOf((byte)0)];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                names.Add(name.ToArray());
            }

            records = records[length..];
        }
    }

    private static int Check(int result, string call, ReadOnlySpan<byte> name) =>
        result < 0 ? throw LinuxException.Last(call, Encoding.UTF8.GetString(name)) : result;

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int mkdirat(FileDescriptor directory, byte* path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int open(byte* path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int openat(FileDescriptor directory, byte* path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int mknodat(FileDescriptor directory, byte* path, uint mode, ulong device);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int symlinkat(byte* target, FileDescriptor directory, byte* path);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int linkat(FileDescriptor fromDirectory, byte* from, FileDescriptor toDirectory, byte* to, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int unlinkat(FileDescriptor directory, byte* path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int statx(FileDescriptor directory, byte* path, int flags, uint mask, byte* result);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int fchownat(FileDescriptor directory, byte* path, uint uid, uint gid, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int fchmodat(FileDescriptor directory, byte* path, uint mode, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int utimensat(FileDescriptor directory, byte* path, long* times, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint getdents64(FileDescriptor directory, byte* buffer, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint readlink(byte* path, byte* target, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(FileDescriptor directory, long offset, int whence);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int syncfs(FileDescriptor file);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial long syscall(long number, FileDescriptor root, byte* path, ulong* how, nuint size);
}
