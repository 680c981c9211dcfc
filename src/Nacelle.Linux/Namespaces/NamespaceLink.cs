using System.Globalization;

namespace Nacelle.Linux.Namespaces;

/// <summary>Which namespace a process is in (namespaces(7)): two processes share one where the numbers are the same.</summary>
public static class NamespaceLink
{
    /// <param name="pid">A PID of this process's own namespace.</param>
    /// <param name="kind">The name in <c>/proc/PID/ns</c>: <c>pid</c>, <c>user</c>, <c>mnt</c>, …</param>
    /// <returns>The inode number; null where the process has ended (a zombie has none).</returns>
    public static ulong? TryRead(int pid, string kind)
    {
        try
        {
            // "pid:[4026531836]"
            var target = new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/ns/{kind}")).LinkTarget;
            return target is not null && ulong.TryParse(target.AsSpan(kind.Length + 2).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out var inode)
                ? inode
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
