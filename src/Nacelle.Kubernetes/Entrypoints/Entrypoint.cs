using System.Collections.Immutable;

namespace Nacelle.Kubernetes.Entrypoints;

/// <summary>The first program of a container, with all that tells how it will behave. Values of variables are looked at, never shown.</summary>
public sealed record Entrypoint
{
    /// <summary>The program and its arguments; empty where nobody names one.</summary>
    public ImmutableArray<string> Argv { get; init; } = [];

    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>False where variables come from places that were not read: then a missing one is not known to be missing.</summary>
    public bool EnvironmentComplete { get; init; } = true;

    /// <summary>How the image was built, as far as it tells.</summary>
    public ImmutableArray<string> BuildSteps { get; init; } = [];

    /// <summary>
    /// A container's command and args over its image's Entrypoint and Cmd, by the rule of "Define a Command and Arguments for a Container": a command
    /// leaves nothing of the image's two, args alone replace Cmd.
    /// </summary>
    /// <param name="image">Null where it is not known: then the command alone counts.</param>
    /// <param name="command">The container's command.</param>
    /// <param name="args">The container's args.</param>
    /// <param name="environment">The container's own variables; they win over the image's.</param>
    public static Entrypoint Of(
        ImageConfiguration? image, IReadOnlyCollection<string> command, IReadOnlyCollection<string> args,
        IEnumerable<KeyValuePair<string, string>> environment)
    {
        var variables = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var variable in image?.Env ?? [])
        {
            var end = variable.IndexOf('=', StringComparison.Ordinal);
            variables[end < 0 ? variable : variable[..end]] = end < 0 ? "" : variable[(end + 1)..];
        }

        foreach (var (name, value) in environment)
        {
            variables[name] = value;
        }

        return new Entrypoint
        {
            Argv = command.Count > 0 ? [.. command, .. args]
                : image is null ? []
                : [.. image.Entrypoint, .. args.Count > 0 ? args : image.Cmd],
            Environment = variables.ToImmutable(),
            BuildSteps = image?.BuildSteps ?? [],
        };
    }

    /// <summary>The same program by other words.</summary>
    internal Entrypoint As(ImmutableArray<string> argv) => this with { Argv = argv };

    /// <summary>The path as given; empty where there is none.</summary>
    internal string Path => Argv.IsEmpty ? "" : Argv[0];

    /// <summary>The last part of the path.</summary>
    internal string Name => Path[(Path.LastIndexOf('/') + 1)..];

    internal ImmutableArray<string> Arguments => Argv.IsEmpty ? [] : Argv[1..];
}
