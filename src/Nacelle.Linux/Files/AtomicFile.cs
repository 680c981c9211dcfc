namespace Nacelle.Linux.Files;

/// <summary>Replaces files so that a reader, or whoever comes after a crash, sees the old content or the new, never a part.</summary>
public static class AtomicFile
{
    /// <summary>Writes beside the file, flushes, renames over it.</summary>
    /// <param name="path">An absolute path; its directory exists.</param>
    /// <param name="content">The whole new content.</param>
    /// <param name="mode">The permissions of a new file.</param>
    /// <param name="durable">Whether the content must outlive a power cut (fsync), or only this process.</param>
    /// <exception cref="IOException">The file could not be written; the old one is untouched.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite, bool durable = true)
    {
        var temporary = $"{path}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}.tmp";
        try
        {
            using (var handle = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write, FileShare.Read))
            {
                File.SetUnixFileMode(handle, mode);
                RandomAccess.Write(handle, content, 0);
                if (durable)
                {
                    RandomAccess.FlushToDisk(handle);
                }
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (IOException)
        {
            // The first error is the one to report; the next write of the same file replaces the rest.
        }
    }
}
