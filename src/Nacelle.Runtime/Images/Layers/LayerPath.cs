using System.Text;

namespace Nacelle.Runtime.Images.Layers;

/// <summary>
/// Where an entry's name leads within a layer, and whether it is a marker of OCI's layer format instead of a file
/// (OCI image specification, "whiteouts").
/// </summary>
internal readonly record struct LayerPath
{
    private LayerPath(LayerPathKind kind, byte[] parent, byte[] name) => (Kind, Parent, Name) = (kind, parent, name);

    public LayerPathKind Kind { get; }

    /// <summary>The directory's path relative to the layer's root, without slashes at its ends; empty means the root.</summary>
    public byte[] Parent { get; }

    /// <summary>The last component; of a whiteout, the name that is hidden; empty for the root itself and an opaque marker.</summary>
    public byte[] Name { get; }

    /// <summary>Parent and name joined.</summary>
    public byte[] Full => Name.Length == 0 ? Parent : Join(Parent, Name);

    /// <summary>Reads an archive's name. A leading slash means the layer's root, as every runtime takes it.</summary>
    /// <exception cref="ImageException">It has a <c>..</c>, or would hide one.</exception>
    public static LayerPath Parse(ReadOnlySpan<byte> name)
    {
        List<byte[]> parts = [];
        foreach (Range range in name.Split((byte)'/'))
        {
            ReadOnlySpan<byte> part = name[range];
            if (part.SequenceEqual(".."u8))
            {
                throw Escapes(name);
            }

            if (!part.IsEmpty && !part.SequenceEqual("."u8))
            {
                parts.Add(part.ToArray());
            }
        }

        if (parts.Count == 0)
        {
            return new LayerPath(LayerPathKind.Root, [], []);
        }

        byte[] parent = [];
        foreach (byte[] part in parts[..^1])
        {
            parent = Join(parent, part);
        }

        return Classify(parent, parts[^1], name);
    }

    /// <summary>Joins two paths; an empty parent is the root.</summary>
    public static byte[] Join(byte[] parent, byte[] name) => parent.Length == 0 ? name : [.. parent, (byte)'/', .. name];

    private static LayerPath Classify(byte[] parent, byte[] last, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> text = last;
        if (!text.StartsWith(".wh."u8))
        {
            return new LayerPath(LayerPathKind.Entry, parent, last);
        }

        if (text.SequenceEqual(".wh..wh..opq"u8))
        {
            return new LayerPath(LayerPathKind.Opaque, parent, []);
        }

        if (text.StartsWith(".wh..wh."u8))
        {
            return new LayerPath(LayerPathKind.Ignored, parent, []);
        }

        byte[] hidden = last[4..];
        return hidden.Length == 0 || hidden.AsSpan().SequenceEqual("."u8) || hidden.AsSpan().SequenceEqual(".."u8)
            ? throw Escapes(name)
            : new LayerPath(LayerPathKind.Whiteout, parent, hidden);
    }

    private static ImageException Escapes(ReadOnlySpan<byte> name) =>
        new(ImageError.Corrupt, $"layer has an entry that would leave its directory: {Encoding.UTF8.GetString(name)}");
}
