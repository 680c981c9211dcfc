using System.Globalization;
using Nacelle.Linux.Files;

namespace Nacelle.Kubelet.Volumes;

/// <summary>
/// A directory whose files change all at once (kubelet's scheme, which programs that watch their configuration rely on):
/// <code>
/// ..2026_01_02_03_04_05.678901/   the files
/// ..data -> ..2026_01_02_03_04_05.678901
/// key    -> ..data/key
/// </code>
/// A reader that holds <c>..data</c> open sees one version; a new one replaces the link by one rename.
/// </summary>
internal static class AtomicDirectory
{
    private const string Data = "..data";
    private const string NewData = "..data_tmp";

    /// <summary>Makes the directory show exactly these files.</summary>
    /// <param name="directory">Exists.</param>
    /// <param name="files">Relative path (<c>a</c>, <c>a/b</c>) to file.</param>
    /// <param name="own">Called with the new version's directory before anyone sees it, to set owners.</param>
    /// <param name="now">Names the version.</param>
    /// <returns>False where it showed them already.</returns>
    /// <exception cref="IOException">A step failed; the old version, if any, is still shown.</exception>
    public static bool Write(string directory, IReadOnlyDictionary<string, VolumeFile> files, Action<string> own, DateTimeOffset now)
    {
        foreach (var path in files.Keys)
        {
            ThrowIfUnsafe(path);
        }

        var old = CurrentVersion(directory);
        if (old is not null && Shows(old, files) && files.Keys.All(path => IsLinked(directory, FirstPart(path))))
        {
            return false;
        }

        var version = MakeVersion(directory, files, now);
        own(version);
        var link = Path.Combine(directory, NewData);
        File.Delete(link);
        File.CreateSymbolicLink(link, Path.GetFileName(version));
        FileRename.Replace(link, Path.Combine(directory, Data));
        LinkNames(directory, files.Keys.Select(FirstPart).ToHashSet(StringComparer.Ordinal));
        RemoveOtherVersions(directory, Path.GetFileName(version));
        return true;
    }

    private static string? CurrentVersion(string directory)
    {
        var target = new FileInfo(Path.Combine(directory, Data)).LinkTarget;
        return target is not null && Directory.Exists(Path.Combine(directory, target)) ? Path.Combine(directory, target) : null;
    }

    private static bool Shows(string version, IReadOnlyDictionary<string, VolumeFile> files)
    {
        var present = Directory.EnumerateFiles(version, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(version, f)).ToHashSet();
        return present.SetEquals(files.Keys) && files.All(pair => IsSame(Path.Combine(version, pair.Key), pair.Value));
    }

    // Group bits may have been widened for fsGroup since; only what the file asks for must be there.
    private static bool IsSame(string path, VolumeFile file) =>
        ((int)File.GetUnixFileMode(path) & file.Mode) == file.Mode && File.ReadAllBytes(path).AsSpan().SequenceEqual(file.Content.Span);

    private static string MakeVersion(string directory, IReadOnlyDictionary<string, VolumeFile> files, DateTimeOffset now)
    {
        var version = Path.Combine(directory, now.ToString("'..'yyyy_MM_dd_HH_mm_ss.fffffff", CultureInfo.InvariantCulture));
        while (Directory.Exists(version))
        {
            version += "0";
        }

        MakeDirectory(version);
        foreach (var (path, file) in files)
        {
            var target = Path.Combine(version, path);
            MakeDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, file.Content.Span);
            File.SetUnixFileMode(target, (UnixFileMode)file.Mode);
        }

        return version;
    }

    private static void MakeDirectory(string path)
    {
        if (!Directory.Exists(path))
        {
            MakeDirectory(Path.GetDirectoryName(path)!);
            Directory.CreateDirectory(path);
            // Whatever our umask is.
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("755", 8));
        }
    }

    private static void LinkNames(string directory, HashSet<string> names)
    {
        foreach (var name in names.Where(name => !IsLinked(directory, name)))
        {
            File.CreateSymbolicLink(Path.Combine(directory, name), Path.Combine(Data, name));
        }

        foreach (var entry in new DirectoryInfo(directory).EnumerateFileSystemInfos().Where(e => e.LinkTarget is not null))
        {
            if (!entry.Name.StartsWith("..", StringComparison.Ordinal) && !names.Contains(entry.Name))
            {
                File.Delete(entry.FullName);
            }
        }
    }

    private static bool IsLinked(string directory, string name) => new FileInfo(Path.Combine(directory, name)).LinkTarget == Path.Combine(Data, name);

    private static void RemoveOtherVersions(string directory, string current)
    {
        foreach (var other in Directory.EnumerateDirectories(directory, "..*").Select(d => Path.GetFileName(d)!))
        {
            if (other != current && other != Data && new DirectoryInfo(Path.Combine(directory, other)).LinkTarget is null)
            {
                FileTree.Remove(Path.Combine(directory, other));
            }
        }
    }

    private static string FirstPart(string path) => path.Split('/')[0];

    private static void ThrowIfUnsafe(string path)
    {
        var parts = path.Split('/');
        if (path.Length is 0 or > 4096 || parts.Any(part => part.Length is 0 or > 255 || part is "." or "..") || path.StartsWith("..", StringComparison.Ordinal))
        {
            throw new IOException($"invalid path in a volume: {path}");
        }
    }
}
