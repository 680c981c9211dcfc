namespace Nacelle.Runtime.Images.Layers;

/// <summary>What a tar entry makes.</summary>
internal enum TarEntryKind
{
    File,
    Directory,
    SymbolicLink,
    HardLink,
    CharacterDevice,
    BlockDevice,
    Fifo,
}
