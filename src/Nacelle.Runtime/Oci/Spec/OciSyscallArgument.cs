namespace Nacelle.Runtime.Oci.Spec;

/// <summary>A condition on a system call's argument.</summary>
internal sealed record OciSyscallArgument
{
    public required uint Index { get; init; }

    public required ulong Value { get; init; }

    public ulong? ValueTwo { get; init; }

    public required string Op { get; init; }
}
