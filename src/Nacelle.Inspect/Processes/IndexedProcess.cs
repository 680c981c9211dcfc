namespace Nacelle.Inspect.Processes;

/// <summary>A process as last seen, and the revision of the last change that the index counts.</summary>
public sealed record IndexedProcess(ContainerProcess Value, long Revision);
