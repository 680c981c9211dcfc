using System.Runtime.InteropServices;
using System.Text;

namespace Nacelle.Linux.Processes;

/// <summary>posix_spawn(3) of glibc (2.34 or later, for closefrom).</summary>
internal static unsafe partial class PosixSpawn
{
    // Opaque in C; the sizes of glibc on 64 bits are 80, 336 and 128 bytes.
    private const int OpaqueSize = 512;
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short NewSession = 0x80;

    internal static int Start(ChildProcessStart start, FileDescriptor nothing)
    {
        var actions = stackalloc byte[OpaqueSize];
        var attributes = stackalloc byte[OpaqueSize];
        var moved = new List<FileDescriptor>();
        Check(posix_spawn_file_actions_init(actions), "posix_spawn_file_actions_init");
        Check(posix_spawnattr_init(attributes), "posix_spawnattr_init");
        try
        {
            AddDescriptors(actions, start, nothing, moved);
            SetAttributes(attributes, start);
            using var arguments = new NativeStrings([start.Name ?? start.Path, .. start.Arguments]);
            using var environment = new NativeStrings(start.Environment);
            int pid;
            Check(posix_spawn(&pid, start.Path, actions, attributes, arguments.Pointer, environment.Pointer), "posix_spawn", start.Path);
            return pid;
        }
        finally
        {
            _ = posix_spawn_file_actions_destroy(actions);
            _ = posix_spawnattr_destroy(attributes);
            moved.ForEach(descriptor => descriptor.Dispose());
        }
    }

    private static void AddDescriptors(byte* actions, ChildProcessStart start, FileDescriptor nothing, List<FileDescriptor> moved)
    {
        var wanted = new SortedDictionary<int, FileDescriptor> { [0] = nothing, [1] = nothing, [2] = nothing };
        foreach (var descriptor in start.Descriptors)
        {
            wanted[descriptor.Number] = descriptor.Source;
        }

        var above = wanted.Keys.Max() + 1;
        foreach (var (number, source) in wanted)
        {
            // A source below the last target could be overwritten by an earlier step, so each is moved out of the way first.
            var copy = source.Duplicate(above);
            moved.Add(copy);
            Check(posix_spawn_file_actions_adddup2(actions, copy.Number, number), "posix_spawn_file_actions_adddup2");
        }

        // Gaps are closed one by one, the rest in one step: nothing that some library opened without close-on-exec goes along.
        for (var number = 3; number < above; number++)
        {
            if (!wanted.ContainsKey(number))
            {
                Check(posix_spawn_file_actions_addclose(actions, number), "posix_spawn_file_actions_addclose");
            }
        }

        Check(posix_spawn_file_actions_addclosefrom_np(actions, above), "posix_spawn_file_actions_addclosefrom_np");
    }

    private static void SetAttributes(byte* attributes, ChildProcessStart start)
    {
        // sigset_t is 128 bytes. .NET ignores SIGPIPE, and a shell may have left SIGINT ignored: children start with defaults.
        var set = stackalloc byte[128];
        _ = sigemptyset(set);
        Check(posix_spawnattr_setsigmask(attributes, set), "posix_spawnattr_setsigmask");
        _ = sigfillset(set);
        Check(posix_spawnattr_setsigdefault(attributes, set), "posix_spawnattr_setsigdefault");
        var flags = (short)(SetSignalDefaults | SetSignalMask | (start.NewSession ? NewSession : 0));
        Check(posix_spawnattr_setflags(attributes, flags), "posix_spawnattr_setflags");
    }

    private static void Check(int error, string call, string? path = null)
    {
        if (error != 0)
        {
            throw new LinuxException(error, call, path);
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn(int* pid, string path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(byte* actions, int descriptor, int target);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_addclose(byte* actions, int descriptor);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_addclosefrom_np(byte* actions, int from);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigmask(byte* attributes, byte* set);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* set);

    [LibraryImport("libc")]
    private static partial int sigemptyset(byte* set);

    [LibraryImport("libc")]
    private static partial int sigfillset(byte* set);

    /// <summary>A null-terminated array of C strings.</summary>
    private sealed class NativeStrings : IDisposable
    {
        private readonly int count;

        internal NativeStrings(IReadOnlyList<string> strings)
        {
            count = strings.Count;
            Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(count + 1), (nuint)sizeof(byte*));
            for (var index = 0; index < count; index++)
            {
                var bytes = Encoding.UTF8.GetByteCount(strings[index]);
                var text = (byte*)NativeMemory.Alloc((nuint)(bytes + 1));
                Encoding.UTF8.GetBytes(strings[index], new Span<byte>(text, bytes));
                text[bytes] = 0;
                Pointer[index] = text;
            }
        }

        internal byte** Pointer { get; }

        public void Dispose()
        {
            for (var index = 0; index < count; index++)
            {
                NativeMemory.Free(Pointer[index]);
            }

            NativeMemory.Free(Pointer);
        }
    }
}
