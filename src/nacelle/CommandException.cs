namespace Nacelle;

/// <summary>A command that can't do its work; its message is printed as one line, the exit code is 1.</summary>
internal sealed class CommandException(string message, Exception? inner = null) : Exception(message, inner);
