using System.Runtime.InteropServices;
using System.Text;

namespace Nacelle.Linux.Files;

/// <summary>
/// Extended attributes of a name in an open directory, never of what a link points to. By way of /proc, as there are no calls
/// relative to a directory before Linux 6.13. Failures throw <see cref="LinuxException"/>.
/// </summary>
public static partial class ExtendedAttributes
{
    /// <summary>lsetxattr(2): makes or replaces one.</summary>
    public static unsafe void Set(FileDescriptor directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> value)
    {
        byte[] full = PathOf(directory, name);
        fixed (byte* path = RawName.Terminated(full, stackalloc byte[RawName.Short]))
        fixed (byte* key = RawName.Terminated(attribute, stackalloc byte[RawName.Short]))
        fixed (byte* data = value)
        {
            LinuxException.Check(lsetxattr(path, key, data, (nuint)value.Length, 0), "lsetxattr", Encoding.UTF8.GetString(name));
        }
    }

    /// <summary>lgetxattr(2): the value as it is, at most 64 KiB.</summary>
    public static unsafe byte[] Get(FileDescriptor directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute)
    {
        byte[] full = PathOf(directory, name);
        byte[] value = new byte[64 * 1024];
        fixed (byte* path = RawName.Terminated(full, stackalloc byte[RawName.Short]))
        fixed (byte* key = RawName.Terminated(attribute, stackalloc byte[RawName.Short]))
        fixed (byte* data = value)
        {
            int count = LinuxException.Check((int)lgetxattr(path, key, data, (nuint)value.Length), "lgetxattr", Encoding.UTF8.GetString(name));
            return value[..count];
        }
    }

    /// <summary>llistxattr(2): the names, sorted.</summary>
    public static unsafe IReadOnlyList<string> List(FileDescriptor directory, ReadOnlySpan<byte> name)
    {
        byte[] full = PathOf(directory, name);
        byte[] names = new byte[64 * 1024];
        fixed (byte* path = RawName.Terminated(full, stackalloc byte[RawName.Short]))
        fixed (byte* data = names)
        {
            int count = LinuxException.Check((int)llistxattr(path, data, (nuint)names.Length), "llistxattr", Encoding.UTF8.GetString(name));
            return [.. Encoding.UTF8.GetString(names, 0, count).Split('\0', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
        }
    }

    private static byte[] PathOf(FileDescriptor directory, ReadOnlySpan<byte> name) =>
        [.. Encoding.ASCII.GetBytes($"/proc/self/fd/{directory.Number}/"), .. name];

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int lsetxattr(byte* path, byte* name, byte* value, nuint size, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint lgetxattr(byte* path, byte* name, byte* value, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint llistxattr(byte* path, byte* names, nuint size);
}
