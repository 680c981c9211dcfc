using System.Text;
using k8s.Models;
using Nacelle.Kubelet.Environments;
using Nacelle.Linux;
using Nacelle.Linux.Files;
using Nacelle.Linux.Mounts;

namespace Nacelle.Kubelet.Volumes;

/// <summary>
/// Mounts of a part of a volume. A container may fill its volume with links while another one starts, so the part is resolved by the kernel beneath
/// the volume, held open, and bound to a place of ours that the runtime can name without resolving anything again.
/// </summary>
public sealed class SubPaths
{
    private const uint DefaultMode = 0x1ED; // 0755
    private readonly VolumePaths _paths;

    /// <param name="podsDirectory">As given to <see cref="PodVolumes"/>, whose TearDownAsync removes these mounts too.</param>
    public SubPaths(string podsDirectory) => _paths = new VolumePaths(podsDirectory);

    /// <summary>The host path to mount for a <c>volumeMounts</c> entry: the volume itself, or the part of it that subPath or subPathExpr names.</summary>
    /// <param name="mountIndex">The entry's place in the container's <c>volumeMounts</c>.</param>
    /// <param name="volumePath">The volume's path on the host.</param>
    /// <param name="environment">The container's, for subPathExpr.</param>
    /// <exception cref="ContainerConfigException">The part leads out of the volume or cannot be made; a variable is unknown.</exception>
    public string Prepare(
        V1Pod pod, V1Container container, int mountIndex, string volumePath, IReadOnlyList<KeyValuePair<string, string>> environment)
    {
        var mount = container.VolumeMounts[mountIndex];
        var part = string.IsNullOrEmpty(mount.SubPathExpr) ? mount.SubPath : Expand(mount.SubPathExpr, environment);
        if (string.IsNullOrEmpty(part))
        {
            return volumePath;
        }

        if (part.StartsWith('/'))
        {
            throw new ContainerConfigException($"error SubPath `{part}` must not be an absolute path");
        }

        if (part.Split('/').Contains(".."))
        {
            throw new ContainerConfigException($"unable to provision SubPath `{part}`: must not contain '..'");
        }

        var target = _paths.SubPath(pod.Metadata.Uid, mount.Name, container.Name, mountIndex);
        try
        {
            using var found = OpenOrMake(volumePath, part);
            Bind(found, target);
            return target;
        }
        catch (IOException e)
        {
            throw new ContainerConfigException($"failed to prepare subPath for volumeMount \"{mount.Name}\" of container \"{container.Name}\": {e.Message}");
        }
    }

    private static string Expand(string text, IReadOnlyList<KeyValuePair<string, string>> environment) => Expansion.Expand(
        text,
        name => environment.Where(pair => pair.Key == name).Select(pair => pair.Value).FirstOrDefault()
            ?? throw new ContainerConfigException($"missing value for \"{name}\""));

    // What is missing is made as directories, with the volume's own permissions.
    private static FileDescriptor OpenOrMake(string volumePath, string part)
    {
        using var volume = RootedFiles.OpenDirectory(volumePath);
        if (TryOpen(volume, part) is { } whole)
        {
            return whole;
        }

        var mode = FileAt.Status(volume, [])?.Permissions ?? DefaultMode;
        var walked = "";
        foreach (var name in part.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var next = walked.Length == 0 ? name : $"{walked}/{name}";
            using (var there = TryOpen(volume, next))
            {
                if (there is null)
                {
                    MakeDirectory(volume, walked, name, mode);
                }
            }

            walked = next;
        }

        return TryOpen(volume, part) ?? throw new IOException($"{part} was removed while it was made");
    }

    private static void MakeDirectory(FileDescriptor volume, string parent, string name, uint mode)
    {
        using var directory = parent.Length == 0 ? volume.Duplicate() : TryOpen(volume, parent)
            ?? throw new IOException($"{parent} was removed while it was made");
        var bytes = Encoding.UTF8.GetBytes(name);
        try
        {
            FileAt.MakeDirectory(directory, bytes, mode);
        }
        catch (LinuxException e) when (e.Errno == Errno.EEXIST)
        {
            return;
        }

        // Past the umask; through a descriptor, so that a link put in its place meanwhile is not followed.
        using var made = FileAt.OpenDirectory(directory, bytes);
        FileAt.SetPermissions(made, "."u8, mode);
    }

    private static FileDescriptor? TryOpen(FileDescriptor volume, string path)
    {
        const int crossesDevice = 18;
        try
        {
            return RootedFiles.OpenIn(volume, path, OpenFlags.PathOnly, resolve: ResolveFlags.Beneath | ResolveFlags.NoMagicLinks);
        }
        catch (LinuxException e) when (e.Errno == Errno.ENOENT)
        {
            return null;
        }
        catch (LinuxException e) when (e.Errno == crossesDevice)
        {
            throw new IOException($"{path} leads out of the volume", e);
        }
    }

    private static void Bind(FileDescriptor source, string target)
    {
        FileSystemMount.Unmount(target, UnmountFlags.NoFollow | UnmountFlags.Detach);
        FileTree.Remove(target);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (FileAt.Status(source, [])?.IsDirectory == true)
        {
            Directory.CreateDirectory(target);
        }
        else
        {
            File.WriteAllBytes(target, []);
        }

        FileSystemMount.Bind(source.ProcPath, target);
    }
}
