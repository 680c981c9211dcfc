using System.Runtime.InteropServices;

namespace Nacelle.Linux.Files;

/// <summary>rename(2) as it is: also of links to directories, which .NET's own calls follow or refuse.</summary>
public static partial class FileRename
{
    /// <summary>Puts <paramref name="from"/> in the place of <paramref name="to"/> in one step.</summary>
    /// <exception cref="LinuxException">The call failed.</exception>
    public static void Replace(string from, string to) => LinuxException.Check(rename(from, to), "rename", $"{from} to {to}");

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string from, string to);
}
