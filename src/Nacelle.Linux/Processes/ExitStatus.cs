namespace Nacelle.Linux.Processes;

/// <summary>How a process ended: by exit with a code, or by a signal.</summary>
/// <param name="Code">The exit code, 0 to 255; 128 + signal number when a signal ended it, as a shell says it.</param>
/// <param name="Signal">The signal that ended it, or none.</param>
public readonly record struct ExitStatus(int Code, Signal Signal)
{
    public bool Success => Code == 0;

    public override string ToString() => Signal == Signal.None ? $"exit code {Code}" : $"signal {SignalNames.Format(Signal)}";
}
