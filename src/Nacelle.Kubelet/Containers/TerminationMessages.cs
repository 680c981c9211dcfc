using System.Text;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.NodeApi;

namespace Nacelle.Kubelet.Containers;

/// <summary>
/// What an ended container left as its last words: the file at terminationMessagePath, or, with the policy FallbackToLogsOnError and
/// a failure, the end of its log. At most 4096 bytes of the file; 2048 bytes and 80 lines of the log.
/// </summary>
internal static class TerminationMessages
{
    private const int FileLimit = 4096;
    private const int LogLimit = 2048;
    private const int LogLines = 80;

    // 80 lines at their longest, with what the log format adds.
    private const int TailBytes = 64 * 1024;

    /// <summary>The same Pod with messages filled in for containers that have exited.</summary>
    public static RuntimePod Fill(RuntimePod runtime) => runtime with
    {
        Containers = [.. runtime.Containers.Select(c => c.Exited && Read(c) is { Length: > 0 } text ? c with { Message = text } : c)],
    };

    internal static string? Read(RuntimeContainer container)
    {
        var fallback = container.TerminationMessagePolicy == "FallbackToLogsOnError"
            && (container.ExitCode != 0 || container.Reason == "OOMKilled");
        var mount = container.Mounts.FirstOrDefault(m => m.ContainerPath == container.TerminationMessagePath);
        if (mount is not null && container.TerminationMessagePath.Length > 0)
        {
            try
            {
                var text = Tail(mount.HostPath, FileLimit);
                if (text.Length > 0 || !fallback)
                {
                    return text;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (e is not (FileNotFoundException or DirectoryNotFoundException))
                {
                    return $"Error on reading termination log {mount.HostPath}: {e.Message}";
                }
            }
        }

        return fallback ? LogTail(container.LogPath) : null;
    }

    /// <summary>Only the file's end is read: what is shown is short, and a container may write without end.</summary>
    private static string? LogTail(string path)
    {
        try
        {
            var lines = new Queue<string>();
            var partial = new StringBuilder();
            foreach (var raw in Tail(path, TailBytes).Split('\n'))
            {
                if (!CriLogLine.TryParse(Encoding.UTF8.GetBytes(raw), out var line))
                {
                    continue;
                }

                partial.Append(Encoding.UTF8.GetString(line.Content.Span));
                if (line.Partial)
                {
                    continue;
                }

                lines.Enqueue(partial.Append('\n').ToString());
                partial.Clear();
                if (lines.Count > LogLines)
                {
                    lines.Dequeue();
                }
            }

            var text = string.Concat(lines) + partial;
            return text.Length <= LogLimit ? text : text[^LogLimit..];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Tail(string path, int limit)
    {
        using var file = File.OpenRead(path);
        file.Seek(Math.Max(0, file.Length - limit), SeekOrigin.Begin);
        var buffer = new byte[limit];
        return Encoding.UTF8.GetString(buffer, 0, file.ReadAtLeast(buffer, limit, throwOnEndOfStream: false));
    }
}
