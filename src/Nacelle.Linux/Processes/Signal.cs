namespace Nacelle.Linux.Processes;

/// <summary>Signals by the numbers of x86-64 and arm64 (signal(7)).</summary>
public enum Signal
{
    None = 0,
    Hangup = 1,
    Interrupt = 2,
    Quit = 3,
    IllegalInstruction = 4,
    Trap = 5,
    Abort = 6,
    Bus = 7,
    FloatingPoint = 8,
    Kill = 9,
    User1 = 10,
    SegmentationFault = 11,
    User2 = 12,
    Pipe = 13,
    Alarm = 14,
    Terminate = 15,
    Child = 17,
    Continue = 18,
    Stop = 19,
    TerminalStop = 20,
    WindowChange = 28,
    Io = 29,
    Power = 30,
    System = 31,
}
