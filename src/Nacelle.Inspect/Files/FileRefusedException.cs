namespace Nacelle.Inspect.Files;

/// <summary>A file of a container is not shown or read; the message is one line, with every name in it escaped.</summary>
public sealed class FileRefusedException(FileRefusal refusal, string message, Exception? inner = null) : Exception(message, inner)
{
    public FileRefusal Refusal { get; } = refusal;
}
