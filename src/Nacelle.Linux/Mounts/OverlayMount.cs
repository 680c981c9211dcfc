using System.Collections.Immutable;

namespace Nacelle.Linux.Mounts;

/// <summary>Overlay file systems: read-only layers with one writable directory on top.</summary>
public static class OverlayMount
{
    private const int OptionLimit = 4000;

    /// <summary>Mounts the layers at <paramref name="target"/>.</summary>
    /// <param name="layers">Read-only layer directories, lowest first; at least one.</param>
    /// <param name="upper">Takes what is written; same file system as <paramref name="work"/>.</param>
    /// <param name="work">The kernel's own empty directory.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static void Mount(ImmutableArray<string> layers, string upper, string work, string target)
    {
        var lower = string.Join(':', layers.Reverse().Select(Escape));
        var options = $"lowerdir={lower},upperdir={Escape(upper)},workdir={Escape(work)}";
        if (options.Length < OptionLimit)
        {
            FileSystemMount.Mount("overlay", target, "overlay", MountFlags.None, options);
            return;
        }

        // Many layers: mount(2) takes one page of options, fsconfig(2) 255 bytes for each layer ("lowerdir+", Linux 6.5).
        using var context = new MountContext("overlay");
        foreach (var layer in layers.Reverse())
        {
            context.Set("lowerdir+", layer);
        }

        context.Set("upperdir", upper);
        context.Set("workdir", work);
        context.Attach(target);
    }

    private static string Escape(string path) =>
        path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal);
}
