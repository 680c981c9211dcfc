namespace Nacelle.Runtime.Streaming;

/// <summary>What TIOCSWINSZ takes, in character cells; both 1 to 65535.</summary>
public readonly record struct TerminalSize(ushort Columns, ushort Rows);
