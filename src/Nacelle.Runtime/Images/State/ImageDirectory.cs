using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Nacelle.Linux.Files;

namespace Nacelle.Runtime.Images.State;

/// <summary>
/// The store's files:
/// <code>
/// images/HEX/{image.json,config.json,manifest.json}   one directory an image, HEX of its configuration's digest
/// layers/HEX/                                         one unpacked layer, HEX of its chain id
/// references.json                                     names → images
/// tmp/                                                whatever is not finished; emptied at start
/// </code>
/// What is outside <c>tmp</c> is whole: it was renamed there after its last byte.
/// </summary>
internal sealed class ImageDirectory
{
    private readonly string images;
    private readonly string layers;
    private readonly string temporary;
    private readonly string references;
    private long sequence;

    /// <exception cref="IOException">The directory can't be made or emptied.</exception>
    public ImageDirectory(string root)
    {
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Root = root;
        images = Path.Combine(root, "images");
        layers = Path.Combine(root, "layers");
        temporary = Path.Combine(root, "tmp");
        references = Path.Combine(root, "references.json");
        // Layers hold set-uid programs of strangers: nobody else on this machine gets a way in.
        Directory.CreateDirectory(root, ownerOnly);
        Directory.CreateDirectory(images, ownerOnly);
        Directory.CreateDirectory(layers, ownerOnly);
        FileTree.Remove(temporary);
        Directory.CreateDirectory(temporary, ownerOnly);
    }

    public string Root { get; }

    /// <summary>A path in <c>tmp</c> that nobody else gets.</summary>
    public string NewTemporary() => Path.Combine(temporary, Interlocked.Increment(ref sequence).ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Where a layer is, or will be.</summary>
    public string Layer(Digest chainId) => Path.Combine(layers, chainId.Hex);

    /// <summary>Whether all of an image's layers are on disk.</summary>
    public bool IsWhole(StoredImage image) => image.Layers.All(layer => Directory.Exists(Layer(Digest.Parse(layer.ChainId))));

    /// <summary>The hex names of all layers on disk.</summary>
    public IEnumerable<string> LayerNames() => Directory.EnumerateDirectories(layers).Select(path => Path.GetFileName(path));

    /// <summary>Takes a layer out of the store at once; its content is removed by <see cref="FileTree.Remove(string)"/> of the path given back.</summary>
    public string DetachLayer(string hex) => Detach(Path.Combine(layers, hex));

    /// <summary>As <see cref="DetachLayer"/>, for an image.</summary>
    public string DetachImage(string id) => Detach(ImagePath(id));

    /// <summary>Everything written so far to this file system is on the disk afterwards.</summary>
    public void Sync()
    {
        using Linux.FileDescriptor directory = FileAt.OpenAbsolute(Root);
        FileAt.SyncFileSystem(directory);
    }

    /// <summary>Writes an image beside and renames it into place.</summary>
    public void AddImage(StoredImage image, ReadOnlySpan<byte> manifest, ReadOnlySpan<byte> config)
    {
        string target = ImagePath(image.Id);
        if (Directory.Exists(target))
        {
            return;
        }

        string directory = NewTemporary();
        Directory.CreateDirectory(directory);
        AtomicFile.Write(Path.Combine(directory, "manifest.json"), manifest);
        AtomicFile.Write(Path.Combine(directory, "config.json"), config);
        AtomicFile.Write(Path.Combine(directory, "image.json"), JsonSerializer.SerializeToUtf8Bytes(image, StateJson.Default.StoredImage));
        Directory.Move(directory, target);
    }

    /// <summary>The image's configuration as the registry gave it, JSON.</summary>
    public string ReadConfig(string id) => File.ReadAllText(Path.Combine(ImagePath(id), "config.json"));

    public void WriteReferences(IEnumerable<StoredReference> all) => AtomicFile.Write(
        references,
        JsonSerializer.SerializeToUtf8Bytes(new StoredReferences { References = [.. all] }, StateJson.Default.StoredReferences));

    /// <exception cref="ImageException">Written by a newer version, or damaged.</exception>
    public List<StoredImage> ReadImages()
    {
        List<StoredImage> found = [];
        foreach (string directory in Directory.EnumerateDirectories(images))
        {
            StoredImage image = Read(Path.Combine(directory, "image.json"), StateJson.Default.StoredImage);
            RefuseNewer(image.Version, StoredImage.CurrentVersion);
            found.Add(image);
        }

        return found;
    }

    /// <inheritdoc cref="ReadImages"/>
    public IReadOnlyList<StoredReference> ReadReferences()
    {
        if (!File.Exists(references))
        {
            return [];
        }

        StoredReferences stored = Read(references, StateJson.Default.StoredReferences);
        RefuseNewer(stored.Version, StoredReferences.CurrentVersion);
        return stored.References;
    }

    private string ImagePath(string id) => Path.Combine(images, Digest.Parse(id).Hex);

    private string Detach(string path)
    {
        string target = NewTemporary();
        Directory.Move(path, target);
        return target;
    }

    private static T Read<T>(string path, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), type) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new ImageException(ImageError.Store, $"image store is damaged: {path}: {e.Message}", e);
        }
    }

    private void RefuseNewer(int version, int known)
    {
        if (version > known)
        {
            throw new ImageException(ImageError.Store, $"image store {Root} was written by a newer version of nacelle (format {version}, this one knows {known})");
        }
    }
}
