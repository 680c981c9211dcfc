using Nacelle.Linux;
using Nacelle.Linux.Files;
using Nacelle.Linux.Mounts;
using Nacelle.Runtime.Images;

namespace Nacelle.Runtime.Containers;

/// <summary>A container's root file system: the image's layers below, a directory of its own above.</summary>
internal static class ContainerRootfs
{
    private const UnixFileMode EveryoneMayEnter =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Mounts it at its place in the bundle and makes the image's volumes and the working directory where they are missing.</summary>
    public static void Mount(RuntimeDirectories directories, string id, Image image, string workingDirectory)
    {
        if (image.Layers.IsEmpty)
        {
            throw new RuntimeException($"image {image.Id} has no layers");
        }

        var own = directories.Container(id);
        var target = directories.Rootfs(id);

        // The upper directory's permissions become those of the container's "/".
        Directory.CreateDirectory($"{own}/upper", EveryoneMayEnter);
        File.SetUnixFileMode($"{own}/upper", EveryoneMayEnter);
        Directory.CreateDirectory($"{own}/work");
        Directory.CreateDirectory(target);
        OverlayMount.Mount(image.Layers, $"{own}/upper", $"{own}/work", target);
        using var root = RootedFiles.OpenDirectory(target);
        foreach (var path in image.Config.Volumes)
        {
            RootedDirectories.Create(root, path);
        }

        try
        {
            RootedDirectories.Create(root, workingDirectory);
        }
        catch (LinuxException failure) when (failure.Errno is Errno.ENOTDIR or Errno.ELOOP)
        {
            throw new RuntimeException(FailureKind.InvalidArgument, $"working directory {workingDirectory}: {failure.Message}", failure);
        }
    }

    /// <summary>Unmounts and deletes bundle and writable layer; what is not there is no error.</summary>
    public static void Remove(RuntimeDirectories directories, string id)
    {
        FileSystemMount.Unmount(directories.Rootfs(id), UnmountFlags.Detach | UnmountFlags.NoFollow);

        // What a container wrote may have any name and depth.
        FileTree.Remove(directories.Bundle(id));
        FileTree.Remove(directories.Container(id));
    }
}
