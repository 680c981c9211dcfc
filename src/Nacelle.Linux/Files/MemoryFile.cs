using System.Runtime.InteropServices;

namespace Nacelle.Linux.Files;

/// <summary>Files that are in memory only (memfd_create(2)), sealed so that whoever gets a descriptor of one cannot change it.</summary>
public static partial class MemoryFile
{
    private const uint CloseOnExec = 1;
    private const uint AllowSealing = 2;
    private const uint Executable = 0x10;
    private const int AddSeals = 1033;

    // F_SEAL_SEAL, SHRINK, GROW and WRITE.
    private const int EverySeal = 0xF;

    /// <summary>Makes a file with this content, open at its start.</summary>
    /// <param name="name">Shown in <c>/proc/PID/fd</c>; it need not be unique.</param>
    /// <exception cref="LinuxException">The call failed.</exception>
    public static FileDescriptor Create(string name, ReadOnlySpan<byte> content)
    {
        var file = CreateEmpty(name);
        try
        {
            // Written at an offset, so that a reader finds the start.
            for (var done = 0; done < content.Length;)
            {
                done += (int)LinuxException.Check(pwrite(file, content[done..], (nuint)(content.Length - done), done), "pwrite");
            }

            LinuxException.Check(fcntl(file, AddSeals, EverySeal), "fcntl");
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Makes a file that is empty and not sealed.</summary>
    /// <exception cref="LinuxException">The call failed.</exception>
    public static FileDescriptor CreateEmpty(string name)
    {
        // MFD_EXEC is of Linux 6.3; before, every such file may be executed.
        var file = memfd_create(name, CloseOnExec | AllowSealing | Executable);
        if (file.IsInvalid)
        {
            file = memfd_create(name, CloseOnExec | AllowSealing);
        }

        return file.IsInvalid ? throw LinuxException.Last("memfd_create", name) : file;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial FileDescriptor memfd_create(string name, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(FileDescriptor file, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pwrite(FileDescriptor file, ReadOnlySpan<byte> content, nuint count, long offset);
}
