namespace Nacelle.Parts;

/// <summary>A part that serves: when it ends by itself, and how it is stopped.</summary>
internal sealed record RunningPart(string Name, Task Completion, IAsyncDisposable Host);
