namespace Nacelle.Runtime;

/// <summary>Finds programs as a shell does, and where distributions put them that are not on every PATH.</summary>
public static class ProgramSearch
{
    private static readonly string[] AlsoLookIn = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/libexec/podman", "/usr/lib/podman"];

    /// <summary>The path that was given, or the first of the names that is found.</summary>
    /// <exception cref="RuntimeStartException">Nothing is there; the message says what to install.</exception>
    public static string Find(string? given, params string[] names)
    {
        if (TryFind(given, names) is { } path)
        {
            return path;
        }

        throw new RuntimeStartException(given is not null ? $"{given} does not exist" : $"{names[0]} is not installed: apt-get install {names[0]}");
    }

    /// <summary>As <see cref="Find"/>; null where nothing is there.</summary>
    public static string? TryFind(string? given, params string[] names)
    {
        if (given is not null)
        {
            return File.Exists(given) ? Path.GetFullPath(given) : null;
        }

        var directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Concat(AlsoLookIn).ToList();
        return names.SelectMany(name => directories, (name, directory) => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
    }
}
