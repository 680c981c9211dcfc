using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Nacelle.EndToEndTests.Terminals;

/// <summary>The few libc calls of a pseudo-terminal: open one, start a program whose controlling terminal it is, resize, wait.</summary>
internal static partial class NativeTerminal
{
    private const int OpenReadWrite = 2;
    private const int OpenNoControllingTerminal = 0x100;
    private const int OpenCloseOnExec = 0x80000;
    private const int Interrupted = 4;
    private const int InputOutputError = 5;
    private const ulong SetWindowSize = 0x5414;
    private const short SpawnSetSignalDefault = 0x04;
    private const short SpawnSetSession = 0x80;

    /// <summary>Sizes of glibc's opaque types, with room to spare.</summary>
    private const int OpaqueSize = 512;

    public static (SafeFileHandle Master, string SlavePath) Open()
    {
        var master = new SafeFileHandle(Check(PosixOpenPt(OpenReadWrite | OpenNoControllingTerminal | OpenCloseOnExec), "posix_openpt"), ownsHandle: true);
        Check(GrantPt(master), "grantpt");
        Check(UnlockPt(master), "unlockpt");
        Span<byte> name = stackalloc byte[64];
        CheckCode(PtsName(master, name, (nuint)name.Length), "ptsname_r");
        return (master, System.Text.Encoding.ASCII.GetString(name[..name.IndexOf((byte)0)]));
    }

    public static void Resize(SafeFileHandle master, int columns, int rows)
        => Check(Ioctl(master, SetWindowSize, [(ushort)rows, (ushort)columns, 0, 0]), "ioctl(TIOCSWINSZ)");

    /// <returns>The number of bytes read; 0 once no one has the other side open any more.</returns>
    public static int Read(SafeFileHandle master, Span<byte> buffer)
    {
        while (true)
        {
            var count = ReadBytes(master, buffer, (nuint)buffer.Length);
            if (count >= 0)
            {
                return (int)count;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Interrupted:
                    continue;
                case InputOutputError:
                    return 0;
                case var error:
                    throw new Win32Exception(error, "read");
            }
        }
    }

    public static void Write(SafeFileHandle master, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = WriteBytes(master, bytes, (nuint)bytes.Length);
            if (count < 0 && Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw new Win32Exception(Marshal.GetLastPInvokeError(), "write");
            }

            bytes = bytes[(int)Math.Max(0, count)..];
        }
    }

    /// <summary>
    /// Starts a program in a session of its own. Opening the terminal as its standard input makes it the controlling one, since a session leader has none
    /// yet. Signals start with their default action: a test runner started in the background ignores SIGINT.
    /// </summary>
    public static int Spawn(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, string slavePath)
    {
        Span<byte> actions = stackalloc byte[OpaqueSize];
        Span<byte> attributes = stackalloc byte[OpaqueSize];
        Span<byte> everySignal = stackalloc byte[128];
        everySignal.Fill(0xff);
        CheckCode(FileActionsInit(actions), "posix_spawn_file_actions_init");
        CheckCode(AttributesInit(attributes), "posix_spawnattr_init");
        try
        {
            CheckCode(AddOpen(actions, 0, slavePath, OpenReadWrite, 0), "posix_spawn_file_actions_addopen");
            CheckCode(AddDup(actions, 0, 1), "posix_spawn_file_actions_adddup2");
            CheckCode(AddDup(actions, 0, 2), "posix_spawn_file_actions_adddup2");
            CheckCode(SetSignalDefault(attributes, everySignal), "posix_spawnattr_setsigdefault");
            CheckCode(SetFlags(attributes, SpawnSetSession | SpawnSetSignalDefault), "posix_spawnattr_setflags");
            CheckCode(
                PosixSpawn(out var pid, path, actions, attributes, [.. arguments, null], [.. environment, null]),
                $"posix_spawn({path})");
            return pid;
        }
        finally
        {
            _ = FileActionsDestroy(actions);
            _ = AttributesDestroy(attributes);
        }
    }

    /// <summary>Blocks until the child ends; returns its exit code, or 128 and the signal's number.</summary>
    public static int Wait(int pid)
    {
        int status;
        while (WaitPid(pid, out status, 0) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw new Win32Exception(Marshal.GetLastPInvokeError(), $"waitpid({pid})");
            }
        }

        return (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
    }

    public static void Kill(int pid, int signal) => _ = KillProcess(pid, signal);

    private static int Check(int result, string call)
        => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError(), call);

    private static void CheckCode(int error, string call)
    {
        if (error != 0)
        {
            throw new Win32Exception(error, call);
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static partial int PosixOpenPt(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    private static partial int GrantPt(SafeFileHandle master);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    private static partial int UnlockPt(SafeFileHandle master);

    [LibraryImport("libc", EntryPoint = "ptsname_r")]
    private static partial int PtsName(SafeFileHandle master, Span<byte> name, nuint length);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeFileHandle master, ulong request, ReadOnlySpan<ushort> size);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadBytes(SafeFileHandle master, Span<byte> buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteBytes(SafeFileHandle master, ReadOnlySpan<byte> buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int FileActionsInit(Span<byte> actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int FileActionsDestroy(Span<byte> actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddOpen(Span<byte> actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDup(Span<byte> actions, int descriptor, int target);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int AttributesInit(Span<byte> attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int AttributesDestroy(Span<byte> attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetFlags(Span<byte> attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int SetSignalDefault(Span<byte> attributes, ReadOnlySpan<byte> signals);

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int PosixSpawn(
        out int pid, string path, Span<byte> actions, Span<byte> attributes, string?[] arguments, string?[] environment);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitPid(int pid, out int status, int options);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int KillProcess(int pid, int signal);
}
