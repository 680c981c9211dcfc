using System.Collections.Immutable;

namespace Nacelle.Kubernetes.Exposure;

/// <summary>What a container's manifest gives it, by the way it is given. Order is the manifest's.</summary>
public sealed record ContainerContents
{
    public static ContainerContents None { get; } = new();

    public ImmutableArray<ExposedItem> Environment { get; init; } = [];

    /// <summary>How many there are, and what is expanded in them.</summary>
    public ImmutableArray<ExposedItem> Arguments { get; init; } = [];

    public ImmutableArray<ExposedFile> Files { get; init; } = [];

    /// <summary>Keys of everything that it holds.</summary>
    public IReadOnlySet<string> Keys => field ??= Environment.Concat(Files.Select(file => file.Item)).Select(item => item.Key).ToHashSet();

    /// <summary>What an access to it lets through to a reader with these credentials.</summary>
    public IEnumerable<ExposedItem> Through(Access access, Credentials reader) => access switch
    {
        Access.Argv => Arguments,
        Access.Environ => Environment,
        Access.Root => Files.Where(file => file.IsReadableBy(reader)).Select(file => file.Item),

        // Memory and open files hold whatever the process has read, however it is protected elsewhere.
        Access.Memory or Access.Descriptors => Environment.Concat(Files.Select(file => file.Item)),
        _ => [],
    };
}
