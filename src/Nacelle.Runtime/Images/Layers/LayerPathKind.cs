namespace Nacelle.Runtime.Images.Layers;

/// <summary>What an entry's name makes of it.</summary>
internal enum LayerPathKind
{
    /// <summary>A file, directory, link or device.</summary>
    Entry,

    /// <summary>The layer's own root directory.</summary>
    Root,

    /// <summary><c>.wh.NAME</c>: NAME of the layers below is hidden.</summary>
    Whiteout,

    /// <summary><c>.wh..wh..opq</c>: everything that the layers below have in this directory is hidden.</summary>
    Opaque,

    /// <summary>Bookkeeping of AUFS that means nothing here.</summary>
    Ignored,
}
