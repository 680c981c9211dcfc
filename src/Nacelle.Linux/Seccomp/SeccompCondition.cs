using System.Runtime.InteropServices;

namespace Nacelle.Linux.Seccomp;

/// <summary>A condition on an argument of a system call (<c>struct scmp_arg_cmp</c>, seccomp_rule_add(3)).</summary>
/// <param name="Argument">Which, from 0 to 5.</param>
/// <param name="Comparison"><c>enum scmp_compare</c>: 1 not equal, 2 less, 3 at most, 4 equal, 5 at least, 6 greater, 7 equal under a mask.</param>
/// <param name="Value">What it is compared with; for 7 the mask.</param>
/// <param name="Masked">For 7, what must be left under the mask.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct SeccompCondition(uint Argument, int Comparison, ulong Value, ulong Masked);
