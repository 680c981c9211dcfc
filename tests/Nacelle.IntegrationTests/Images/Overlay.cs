using Nacelle.Linux.Files;
using Nacelle.Linux.Mounts;
using Nacelle.Runtime.Images;

namespace Nacelle.IntegrationTests.Images;

/// <summary>An image's layers merged by the kernel, as a container gets them.</summary>
internal sealed class Overlay : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("nacelle-overlay-").FullName;

    public Overlay(Image image)
    {
        foreach (string part in (string[])["upper", "work", "merged"])
        {
            Directory.CreateDirectory(System.IO.Path.Combine(directory, part));
        }

        OverlayMount.Mount(image.Layers, System.IO.Path.Combine(directory, "upper"), System.IO.Path.Combine(directory, "work"), Path);
    }

    public string Path => System.IO.Path.Combine(directory, "merged");

    public void Dispose()
    {
        FileSystemMount.Unmount(Path);
        FileTree.Remove(directory);
    }
}
