namespace Nacelle.Runtime.Containers;

/// <summary>A command that has run in a container.</summary>
internal sealed record ExecResult(int ExitCode, byte[] Output, byte[] Error);
