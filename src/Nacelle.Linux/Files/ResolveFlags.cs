namespace Nacelle.Linux.Files;

/// <summary>How openat2(2) walks a path (linux/openat2.h).</summary>
[Flags]
public enum ResolveFlags : ulong
{
    None = 0,
    NoCrossDevice = 1,
    NoMagicLinks = 2,
    NoSymbolicLinks = 4,

    /// <summary>Leaving the root is an error.</summary>
    Beneath = 8,

    /// <summary>The root is the walk's <c>/</c>: <c>..</c> and absolute links stay inside.</summary>
    InRoot = 16,
}
