using Nacelle.Linux;
using Nacelle.Linux.Files;
using Nacelle.Linux.Mounts;
using Xunit;

namespace Nacelle.IntegrationTests.Files;

public sealed class FileTreeMountTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("nacelle-").FullName;

    private string MountPoint => Path.Combine(root, "tree/deep/mounted");

    [Fact]
    public void Remove_DirectoryOfTheHostMountedInTheTree_IsNotEmptied()
    {
        var host = Path.Combine(root, "host");
        Directory.CreateDirectory(host);
        Directory.CreateDirectory(MountPoint);
        File.WriteAllText(Path.Combine(host, "kept"), "");
        FileSystemMount.Bind(host, MountPoint);

        Assert.Throws<LinuxException>(() => FileTree.Remove(Path.Combine(root, "tree")));

        Assert.True(File.Exists(Path.Combine(host, "kept")));
        FileSystemMount.Unmount(MountPoint);
        FileTree.Remove(Path.Combine(root, "tree"));
        Assert.False(Directory.Exists(Path.Combine(root, "tree")));
    }

    public void Dispose()
    {
        FileSystemMount.Unmount(MountPoint, UnmountFlags.Detach | UnmountFlags.NoFollow);
        Directory.Delete(root, recursive: true);
    }
}
