using System.Collections.Immutable;

namespace Nacelle.Runtime.Oci.Spec;

/// <summary>A rule of the filter.</summary>
internal sealed record OciSyscall
{
    public required ImmutableArray<string> Names { get; init; }

    public required string Action { get; init; }

    public uint? ErrnoRet { get; init; }

    public ImmutableArray<OciSyscallArgument>? Args { get; init; }
}
