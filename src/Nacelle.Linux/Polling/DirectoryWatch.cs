using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Nacelle.Linux.Polling;

/// <summary>Tells the names of files that appear complete in a directory: closed after writing, or renamed into it (inotify(7)).</summary>
public sealed partial class DirectoryWatch : IDisposable
{
    private const uint CloseWrite = 0x8;
    private const uint MovedTo = 0x80;
    private const uint Overflow = 0x4000;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;

    private readonly FileDescriptor inotify;

    /// <summary>Starts to watch at once: whatever appears after this constructor is told.</summary>
    /// <exception cref="LinuxException">The directory can't be watched.</exception>
    public DirectoryWatch(string directory)
    {
        inotify = inotify_init1(CloseOnExec | NonBlocking);
        if (inotify.IsInvalid)
        {
            throw LinuxException.Last("inotify_init1");
        }

        if (inotify_add_watch(inotify, directory, CloseWrite | MovedTo) < 0)
        {
            var failure = LinuxException.Last("inotify_add_watch", directory);
            inotify.Dispose();
            throw failure;
        }
    }

    /// <summary>The names, as they appear. A null name means that the kernel lost some: read the directory.</summary>
    public async IAsyncEnumerable<string?> ReadNamesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        while (true)
        {
            await ReadinessLoop.Shared.WaitReadableAsync(inotify, cancellationToken).ConfigureAwait(false);
            var count = inotify.Read(buffer);
            for (var offset = 0; offset + 16 <= count;)
            {
                var mask = BitConverter.ToUInt32(buffer, offset + 4);
                var length = BitConverter.ToInt32(buffer, offset + 12);
                if ((mask & Overflow) != 0)
                {
                    yield return null;
                }
                else if (length > 0)
                {
                    yield return Encoding.UTF8.GetString(buffer, offset + 16, length).TrimEnd('\0');
                }

                offset += 16 + length;
            }
        }
    }

    public void Dispose() => inotify.Dispose();

    [LibraryImport("libc", SetLastError = true)]
    private static partial FileDescriptor inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int inotify_add_watch(FileDescriptor inotify, string path, uint mask);
}
