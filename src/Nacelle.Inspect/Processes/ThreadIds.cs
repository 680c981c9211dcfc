using System.Globalization;

namespace Nacelle.Inspect.Processes;

/// <summary>The threads of a process (<c>/proc/PID/task</c>, proc(5)).</summary>
internal static class ThreadIds
{
    /// <summary>Their names in that directory; empty where the process has ended.</summary>
    public static IReadOnlyList<string> Of(int pid)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/task")).Select(path => Path.GetFileName(path))];
        }
        catch (IOException)
        {
            return [];
        }
    }
}
