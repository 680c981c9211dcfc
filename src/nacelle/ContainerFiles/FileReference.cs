namespace Nacelle.ContainerFiles;

/// <summary>A file of a container as the command line names it: <c>POD:CONTAINER:/path</c>; <c>POD:/path</c> and <c>POD::/path</c> mean the Pod's only container.</summary>
/// <param name="Container">Null for the only one.</param>
/// <param name="Path">Absolute.</param>
internal sealed record FileReference(string Pod, string? Container, string Path)
{
    /// <exception cref="UsageException">It is none.</exception>
    public static FileReference Parse(string text)
    {
        // No name of a Pod or container has a colon in it; a path may.
        var parts = text.Split(':', 3);
        var (container, path) = parts switch
        {
            [_, ['/', ..]] => ("", parts[1]),
            [_, ['/', ..], var rest] => ("", $"{parts[1]}:{rest}"),
            [_, var name, ['/', ..]] => (name, parts[2]),
            _ => (null, null),
        };
        if (parts[0].Length == 0 || container is null || path is null)
        {
            throw new UsageException($"files: {text}: expected POD:CONTAINER:/path, or POD:/path where the Pod has one container");
        }

        return new FileReference(parts[0], container.Length == 0 ? null : container, path);
    }
}
