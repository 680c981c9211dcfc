namespace Nacelle;

/// <summary>The command line can't be acted on; its message is printed as one line, the exit code is 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
