using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Nacelle.Runtime.Images;

namespace Nacelle.IntegrationTests.Images;

/// <summary>An image made in memory: layers, configuration, manifest.</summary>
internal sealed class TestImage
{
    private readonly List<(byte[] Blob, Digest DiffId)> layers = [];
    private readonly Dictionary<int, (Digest Digest, long Size)> promises = [];

    public string Config { get; init; } = """{"Cmd":["sh"],"Env":["PATH=/bin"]}""";

    public string Architecture { get; init; } = System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        _ => "amd64",
    };

    public IReadOnlyList<(byte[] Blob, Digest DiffId)> Layers => layers;

    public byte[] ConfigBlob => Encoding.UTF8.GetBytes(
        $$$"""{"architecture":"{{{Architecture}}}","os":"linux","config":{{{Config}}},"rootfs":{"type":"layers","diff_ids":[{{{string.Join(',', layers.Select(l => $"\"{l.DiffId}\""))}}}]}}""");

    public byte[] Manifest => Encoding.UTF8.GetBytes(
        $$"""
        {"schemaVersion":2,"mediaType":"{{ManifestType}}","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{Digest.Of(ConfigBlob)}}","size":{{ConfigBlob.Length}}},
        "layers":[{{string.Join(',', layers.Select(Descriptor))}}]}
        """);

    public string ManifestType { get; init; } = "application/vnd.oci.image.manifest.v1+json";

    public Digest Id => Digest.Of(ConfigBlob);

    /// <summary>Adds a layer of these entries, gzipped.</summary>
    public TestImage With(params TarEntry[] entries) => WithTar(Tar(entries));

    /// <summary>Adds a layer of this archive.</summary>
    public TestImage WithTar(byte[] tar, bool compress = true, Digest? diffId = null)
    {
        byte[] blob = tar;
        if (compress)
        {
            MemoryStream packed = new();
            using (GZipStream gzip = new(packed, CompressionLevel.Fastest))
            {
                gzip.Write(tar);
            }

            blob = packed.ToArray();
        }

        layers.Add((blob, diffId ?? Digest.Of(tar)));
        return this;
    }

    /// <summary>Adds an uncompressed layer whose content the test serves itself.</summary>
    public TestImage WithPromise(Digest digest, long size)
    {
        promises[layers.Count] = (digest, size);
        layers.Add(([], digest));
        return this;
    }

    private string Descriptor((byte[] Blob, Digest DiffId) layer, int index)
    {
        (Digest digest, long size) = promises.TryGetValue(index, out (Digest, long) promise) ? promise : (Digest.Of(layer.Blob), layer.Blob.Length);
        return $$"""{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"{{digest}}","size":{{size}}}""";
    }

    public static byte[] Tar(params TarEntry[] entries)
    {
        MemoryStream tar = new();
        using (TarWriter writer = new(tar, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (TarEntry entry in entries)
            {
                writer.WriteEntry(entry);
            }
        }

        return tar.ToArray();
    }

    public static TarEntry File(string name, string content = "", int mode = 0x1A4, int uid = 0) => new PaxTarEntry(TarEntryType.RegularFile, name)
    {
        DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)),
        Mode = (UnixFileMode)mode,
        Uid = uid,
        Gid = uid,
        ModificationTime = DateTimeOffset.FromUnixTimeSeconds(1_500_000_000),
    };

    public static TarEntry Folder(string name, int mode = 0x1ED, int uid = 0) => new PaxTarEntry(TarEntryType.Directory, name)
    {
        Mode = (UnixFileMode)mode,
        Uid = uid,
        Gid = uid,
        ModificationTime = DateTimeOffset.FromUnixTimeSeconds(1_500_000_000),
    };

    public static TarEntry Link(string name, string target) => new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target };

    public static TarEntry HardLink(string name, string target) => new PaxTarEntry(TarEntryType.HardLink, name) { LinkName = target };
}
