using Nacelle.Linux;
using Nacelle.Linux.Files;

namespace Nacelle.Kubelet.Volumes;

/// <summary>The <c>type</c> of a hostPath volume (API reference, HostPathVolumeSource): checks the path, or makes it.</summary>
internal static class HostPathCheck
{
    /// <exception cref="IOException">With the kubelet's words for what is at the path instead.</exception>
    public static void Check(string path, string? type)
    {
        switch (type)
        {
            case null or "":
                return;
            case "DirectoryOrCreate":
                Make(path, () => MakeDirectory(path));
                Require(path, FileStatus.DirectoryType, "a directory");
                return;
            case "FileOrCreate":
                Make(path, () => MakeFile(path));
                Require(path, FileStatus.RegularFile, "a file");
                return;
            case "Directory":
                Require(path, FileStatus.DirectoryType, "a directory");
                return;
            case "File":
                Require(path, FileStatus.RegularFile, "a file");
                return;
            case "Socket":
                Require(path, 0xC000, "a socket file");
                return;
            case "CharDevice":
                Require(path, FileStatus.CharacterDevice, "a character device");
                return;
            case "BlockDevice":
                Require(path, FileStatus.BlockDevice, "a block device");
                return;
            default:
                throw new IOException($"{type} is an invalid volume type");
        }
    }

    private static void Make(string path, Action make)
    {
        if (TypeOf(path) is null)
        {
            make();
        }
    }

    private static void MakeDirectory(string path) =>
        Directory.CreateDirectory(path, (UnixFileMode)Convert.ToInt32("755", 8));

    // Its directory is not made: that is the caller's, as the API says.
    private static void MakeFile(string path)
    {
        using var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = (UnixFileMode)Convert.ToInt32("644", 8),
        });
    }

    private static void Require(string path, uint type, string name)
    {
        if (TypeOf(path) != type)
        {
            throw new IOException($"hostPath type check failed: {path} is not {name}");
        }
    }

    // Of what a link leads to: the mount follows it too.
    private static uint? TypeOf(string path)
    {
        try
        {
            using var file = RootedFiles.Open(path, OpenFlags.PathOnly);
            return FileAt.Status(file, [])?.Mode & FileStatus.TypeMask;
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            return null;
        }
    }
}
