using System.Reflection;
using Nacelle.Linux.Files;

namespace Nacelle.Runtime.Sandboxes;

/// <summary>Writes <c>/pause</c> and <c>nacelle-sandbox</c> out of the assembly, once a start.</summary>
internal static class PauseProgram
{
    private const UnixFileMode Executable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>The path of nacelle-sandbox; <c>/pause</c> stands in the pause root.</summary>
    /// <exception cref="IOException">The state directory can't be written.</exception>
    public static string Install(RuntimeDirectories directories, string? pausePath)
    {
        // Whatever uid /pause runs as, it must be able to execute it there.
        File.SetUnixFileMode(directories.PauseRoot, Executable);
        Write($"{directories.PauseRoot}/pause", pausePath is null ? Read("pause") : File.ReadAllBytes(pausePath));
        var launcher = $"{directories.Programs}/nacelle-sandbox";
        Write(launcher, Read("sandbox"));
        return launcher;
    }

    /// <summary>A program that runs can't be written to, but it can be replaced.</summary>
    private static void Write(string path, byte[] content)
    {
        if (!File.Exists(path) || !content.AsSpan().SequenceEqual(File.ReadAllBytes(path)))
        {
            AtomicFile.Write(path, content, Executable);
        }
    }

    private static byte[] Read(string resource)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The assembly was built without {resource}.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
