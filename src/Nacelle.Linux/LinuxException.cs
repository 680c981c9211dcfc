using System.Runtime.InteropServices;

namespace Nacelle.Linux;

/// <summary>A system call that failed: which one, on what, and the kernel's error number.</summary>
public sealed class LinuxException : IOException
{
    public LinuxException(int errno, string call, string? path = null)
        : base($"{call}{(path is null ? "" : $"({path})")}: {Linux.Errno.Name(errno)} ({Marshal.GetPInvokeErrorMessage(errno)})")
    {
        Errno = errno;
        Call = call;
        Path = path;
    }

    public LinuxException()
        : this(0, "unknown")
    {
    }

    public LinuxException(string message)
        : base(message)
    {
        Call = "unknown";
    }

    public LinuxException(string message, Exception innerException)
        : base(message, innerException)
    {
        Call = "unknown";
    }

    /// <summary>The error number (see <see cref="Linux.Errno"/>).</summary>
    public int Errno { get; }

    /// <summary>The system call's name.</summary>
    public string Call { get; }

    /// <summary>The path or other subject the call was about, if any.</summary>
    public string? Path { get; }

    /// <summary>The exception for the call that has just failed on this thread.</summary>
    public static LinuxException Last(string call, string? path = null) => new(Marshal.GetLastPInvokeError(), call, path);

    /// <summary>Throws when <paramref name="result"/> is negative; otherwise gives it back.</summary>
    public static int Check(int result, string call, string? path = null) => result < 0 ? throw Last(call, path) : result;
}
