using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Nacelle.Linux.Seccomp;

/// <summary>
/// A filter of system calls in the making. libseccomp, which knows the numbers of system calls on every architecture, turns it into the program
/// that seccomp(2) takes. OCI runtimes make theirs with the same library.
/// </summary>
public sealed partial class SeccompFilter : SafeHandleZeroOrMinusOneIsInvalid
{
    private const string Library = "libseccomp.so.2";
    private const int UnknownSystemCall = -1;

    public SeccompFilter()
        : base(ownsHandle: true)
    {
    }

    /// <param name="action">What happens to a call without a rule (SCMP_ACT_*, seccomp_init(3)).</param>
    /// <exception cref="IOException">libseccomp is not installed, or it refuses the action.</exception>
    public static SeccompFilter Create(uint action)
    {
        try
        {
            var filter = seccomp_init(action);
            return filter.IsInvalid ? throw new LinuxException(Errno.EINVAL, "seccomp_init") : filter;
        }
        catch (DllNotFoundException)
        {
            throw new IOException($"{Library} is not installed");
        }
    }

    /// <param name="name">As libseccomp has it, in lower case: <c>x86_64</c>. The machine's own is there from the start.</param>
    /// <exception cref="LinuxException">It does not know the architecture.</exception>
    public void AddArchitecture(string name)
    {
        var token = seccomp_arch_resolve_name(name);
        var result = token == 0 ? -Errno.EINVAL : seccomp_arch_add(this, token);
        if (result != -Errno.EEXIST)
        {
            Check(result, "seccomp_arch_add", name);
        }
    }

    /// <summary>Adds a rule for a call by name. Where the machine's architecture has no such call, nothing happens, as with OCI runtimes.</summary>
    /// <exception cref="LinuxException">The rule is refused.</exception>
    public void AddRule(uint action, string name, ReadOnlySpan<SeccompCondition> conditions)
    {
        var number = seccomp_syscall_resolve_name(name);
        if (number != UnknownSystemCall)
        {
            Check(seccomp_rule_add_array(this, action, number, (uint)conditions.Length, conditions), "seccomp_rule_add", name);
        }
    }

    /// <summary>An array of <c>struct sock_filter</c>, 8 bytes each.</summary>
    /// <exception cref="LinuxException">It can't be made.</exception>
    public byte[] ToProgram()
    {
        using var file = Files.MemoryFile.CreateEmpty("seccomp-filter");
        Check(seccomp_export_bpf(this, file), "seccomp_export_bpf");
        return File.ReadAllBytes(file.ProcPath);
    }

    protected override bool ReleaseHandle()
    {
        seccomp_release(handle);
        return true;
    }

    private static void Check(int result, string call, string? subject = null)
    {
        if (result < 0)
        {
            throw new LinuxException(-result, call, subject);
        }
    }

    [LibraryImport(Library)]
    private static partial SeccompFilter seccomp_init(uint action);

    [LibraryImport(Library)]
    private static partial void seccomp_release(nint filter);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint seccomp_arch_resolve_name(string name);

    [LibraryImport(Library)]
    private static partial int seccomp_arch_add(SeccompFilter filter, uint architecture);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int seccomp_syscall_resolve_name(string name);

    [LibraryImport(Library)]
    private static partial int seccomp_rule_add_array(
        SeccompFilter filter, uint action, int number, uint count, ReadOnlySpan<SeccompCondition> conditions);

    [LibraryImport(Library)]
    private static partial int seccomp_export_bpf(SeccompFilter filter, FileDescriptor file);
}
