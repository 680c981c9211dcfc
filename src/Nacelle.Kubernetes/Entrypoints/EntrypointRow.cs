using System.Collections.Immutable;

namespace Nacelle.Kubernetes.Entrypoints;

/// <summary>One program of the table.</summary>
/// <param name="Verdict">What it does where it is not PID 1.</param>
/// <param name="Names">The names that it goes by: the last part of its path.</param>
internal sealed record EntrypointRow(EntrypointVerdict Verdict, ImmutableArray<string> Names)
{
    /// <summary>Whether it is this program indeed, and called in the way that the verdict is about.</summary>
    public Predicate<Entrypoint> Applies { get; init; } = _ => true;

    /// <summary>It starts the program that follows its options: letters of the options that take a value.</summary>
    public string? StartsAfterOptions { get; init; }

    public bool IsCalledBy(Entrypoint entrypoint) => Names.Contains(entrypoint.Name) && Applies(entrypoint);
}
