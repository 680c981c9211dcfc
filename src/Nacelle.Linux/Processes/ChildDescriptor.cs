namespace Nacelle.Linux.Processes;

/// <summary>A descriptor that a child receives.</summary>
/// <param name="Number">Its number in the child: 0, 1, 2, or above.</param>
/// <param name="Source">What it refers to; stays owned by the caller.</param>
public readonly record struct ChildDescriptor(int Number, FileDescriptor Source);
