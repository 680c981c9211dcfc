namespace Nacelle.Linux.Processes;

/// <summary>A program that has run: how it ended and what it wrote (UTF-8).</summary>
public sealed record CompletedProcess(ExitStatus Exit, string Output, string Error);
