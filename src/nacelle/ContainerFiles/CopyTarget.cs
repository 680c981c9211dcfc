using System.Text;

using Nacelle.Linux;
using Nacelle.Linux.Files;

namespace Nacelle.ContainerFiles;

/// <summary>
/// Where a copy goes: a name in a directory that is held open. What is copied gets a name of its own there first, and the wanted one by one
/// rename when it is whole; <see cref="Dispose"/> removes it if that did not happen.
/// </summary>
internal sealed class CopyTarget : IDisposable
{
    private readonly byte[] name;
    private bool placed;

    private CopyTarget(FileDescriptor directory, string name, string shown)
    {
        (Directory, this.name, Shown) = (directory, Encoding.UTF8.GetBytes(name), shown);
        TemporaryName = Encoding.UTF8.GetBytes($".nacelle-{Environment.ProcessId}-{Random.Shared.NextInt64():x}.tmp");
    }

    public FileDescriptor Directory { get; }

    public byte[] TemporaryName { get; }

    /// <summary>The path, for messages.</summary>
    public string Shown { get; }

    /// <param name="local">The new name; or a directory, for the source's own name in it.</param>
    /// <param name="sourceName">The last part of the source's path; empty for a root.</param>
    /// <exception cref="CommandException">It can't be made there.</exception>
    public static CopyTarget Open(string local, string sourceName)
    {
        string directory, name;
        if (System.IO.Directory.Exists(local))
        {
            (directory, name) = (local, sourceName);
        }
        else
        {
            var full = Path.GetFullPath(local);
            (directory, name) = (Path.GetDirectoryName(full) ?? "/", Path.GetFileName(full));
        }

        if (name is "" or "." or "..")
        {
            throw new CommandException($"files cp: {local}: give a new name for the copy");
        }

        try
        {
            return new CopyTarget(FileAt.OpenAbsolute(Path.GetFullPath(directory)), name, Path.Combine(directory, name));
        }
        catch (LinuxException e)
        {
            throw new CommandException($"files cp: {directory}: {Errno.Name(e.Errno)}", e);
        }
    }

    /// <exception cref="CommandException">Something has the name that a copy must not replace: anything but a file, or a link, which is replaced itself.</exception>
    public void Check(bool isDirectory)
    {
        if (FileAt.Status(Directory, name) is { } status && (isDirectory || !(status.IsRegularFile || status.IsSymbolicLink)))
        {
            throw new CommandException($"files cp: {Shown} exists already");
        }
    }

    /// <summary>Gives the copy its name.</summary>
    /// <exception cref="LinuxException">It can't be; for a directory EEXIST where something has the name by now.</exception>
    public void Place(bool isDirectory)
    {
        if (isDirectory)
        {
            FileRename.ToNewName(Directory, TemporaryName, name);
        }
        else
        {
            FileRename.Replace(Directory, TemporaryName, name);
        }

        placed = true;
    }

    public void Dispose()
    {
        using (Directory)
        {
            if (!placed)
            {
                FileTree.Remove(Directory, TemporaryName);
            }
        }
    }
}
