using System.Collections.Immutable;

namespace Nacelle.Runtime.Oci.Spec;

/// <summary>A system call filter.</summary>
internal sealed record OciSeccomp
{
    public required string DefaultAction { get; init; }

    public uint? DefaultErrnoRet { get; init; }

    public ImmutableArray<string> Architectures { get; init; } = [];

    public ImmutableArray<OciSyscall> Syscalls { get; init; } = [];
}
