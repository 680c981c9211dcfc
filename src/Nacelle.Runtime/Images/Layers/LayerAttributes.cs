namespace Nacelle.Runtime.Images.Layers;

/// <summary>
/// Which extended attributes an image may set. Those of overlayfs (it would follow redirects of the archive's making) and those of
/// the host's security modules stay out.
/// </summary>
internal static class LayerAttributes
{
    public static bool IsWanted(ReadOnlySpan<byte> name) =>
        IsRequired(name)
        || name.SequenceEqual("system.posix_acl_access"u8)
        || name.SequenceEqual("system.posix_acl_default"u8)
        || (name.StartsWith("user."u8) && !name.StartsWith("user.overlay."u8));

    /// <summary>Whether programs don't work without it (file capabilities).</summary>
    public static bool IsRequired(ReadOnlySpan<byte> name) => name.SequenceEqual("security.capability"u8);
}
