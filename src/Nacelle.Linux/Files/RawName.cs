using System.Text;

namespace Nacelle.Linux.Files;

/// <summary>Names as the kernel takes them: bytes that end in NUL.</summary>
internal static class RawName
{
    /// <summary>PATH_MAX, the NUL included.</summary>
    internal const int MaxPath = 4096;

    /// <summary>How much room on the stack to offer; longer names are copied to the heap.</summary>
    internal const int Short = 256;

    /// <summary>The name with its NUL. Too long a name, or one with a NUL inside, never reaches the kernel as something else than it is.</summary>
    /// <exception cref="LinuxException">ENAMETOOLONG or EINVAL.</exception>
    internal static ReadOnlySpan<byte> Terminated(ReadOnlySpan<byte> name, Span<byte> room)
    {
        if (name.Length >= MaxPath || name.Contains((byte)0))
        {
            throw new LinuxException(name.Length >= MaxPath ? Errno.ENAMETOOLONG : Errno.EINVAL, "path", Encoding.UTF8.GetString(name[..Math.Min(name.Length, 80)]));
        }

        if (name.Length >= room.Length)
        {
            room = new byte[name.Length + 1];
        }

        name.CopyTo(room);
        room[name.Length] = 0;
        return room;
    }
}
