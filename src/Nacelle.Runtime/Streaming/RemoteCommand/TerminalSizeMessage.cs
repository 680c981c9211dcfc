namespace Nacelle.Runtime.Streaming.RemoteCommand;

/// <summary>A terminal's size as clients send it on the resize stream.</summary>
internal sealed record TerminalSizeMessage(ushort Width, ushort Height);
