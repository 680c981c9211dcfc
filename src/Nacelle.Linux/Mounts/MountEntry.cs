using System.Text;

namespace Nacelle.Linux.Mounts;

/// <summary>One line of <c>/proc/PID/mountinfo</c> (proc(5)).</summary>
public sealed record MountEntry(int Id, int ParentId, string Root, string MountPoint, string Options, string Type, string Source, string SuperOptions)
{
    /// <summary><c>MAJOR:MINOR</c> of the file system; all mounts of one file system have the same, and no other has it.</summary>
    public string Device { get; init; } = "";

    /// <summary>The mounts that this process sees, in the kernel's order.</summary>
    public static IReadOnlyList<MountEntry> ReadAll() =>
        [.. File.ReadLines("/proc/self/mountinfo").Select(Parse).OfType<MountEntry>()];

    /// <summary>The lines of a mountinfo file that is open for reading, one at a time: a container may have a hundred thousand mounts.</summary>
    /// <param name="mountInfo">Read to its end as the result is enumerated, and disposed after it.</param>
    public static IEnumerable<MountEntry> Read(FileDescriptor mountInfo)
    {
        using var reader = new StreamReader(mountInfo.ToStream(FileAccess.Read), Encoding.UTF8, false, 64 * 1024);
        while (reader.ReadLine() is { } line)
        {
            if (Parse(line) is { } entry)
            {
                yield return entry;
            }
        }
    }

    /// <summary>Whether the path itself is a mount point.</summary>
    public static bool IsMountPoint(string path) => ReadAll().Any(entry => entry.MountPoint == path);

    internal static MountEntry? Parse(string line)
    {
        var separator = line.IndexOf(" - ", StringComparison.Ordinal);
        if (separator < 0)
        {
            return null;
        }

        var before = line[..separator].Split(' ');
        var after = line[(separator + 3)..].Split(' ');
        if (before.Length < 6 || after.Length < 3 || !int.TryParse(before[0], out var id) || !int.TryParse(before[1], out var parent))
        {
            return null;
        }

        return new MountEntry(id, parent, Unescape(before[3]), Unescape(before[4]), before[5], after[0], Unescape(after[1]), after[2]) { Device = before[2] };
    }

    /// <summary>Space, tab, newline and backslash are written as octal escapes.</summary>
    private static string Unescape(string text)
    {
        if (!text.Contains('\\'))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] == '\\' && index + 3 < text.Length && text.AsSpan(index + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0)
            {
                result.Append((char)Convert.ToInt32(text.Substring(index + 1, 3), 8));
                index += 3;
            }
            else
            {
                result.Append(text[index]);
            }
        }

        return result.ToString();
    }
}
