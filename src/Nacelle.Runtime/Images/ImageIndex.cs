using System.Collections.Immutable;
using Nacelle.Runtime.Images.State;

namespace Nacelle.Runtime.Images;

/// <summary>
/// What the store remembers, in memory: images, names, who holds what. Immutable: each change gives a new index, so that readers need
/// no lock and a change that could not be written to disk is simply dropped.
/// </summary>
internal sealed record ImageIndex
{
    /// <summary>How much of an id must be given: an image name may well be a hexadecimal word.</summary>
    private const int MinShortId = 12;

    /// <summary>By id.</summary>
    public ImmutableDictionary<string, StoredImage> Images { get; init; } = ImmutableDictionary.Create<string, StoredImage>(StringComparer.Ordinal);

    /// <summary>By name with tag or digest.</summary>
    public ImmutableDictionary<string, StoredReference> References { get; init; } = ImmutableDictionary.Create<string, StoredReference>(StringComparer.Ordinal);

    /// <summary>From what was on disk; names of images that aren't there are dropped.</summary>
    public static ImageIndex From(IEnumerable<StoredImage> images, IEnumerable<StoredReference> references)
    {
        ImageIndex index = new() { Images = images.ToImmutableDictionary(image => image.Id, StringComparer.Ordinal) };
        return index with
        {
            References = references
                .Where(reference => index.Images.ContainsKey(reference.ImageId))
                .ToImmutableDictionary(reference => reference.Name, StringComparer.Ordinal),
        };
    }

    /// <summary>
    /// The image for an id (whole, without its prefix, or the beginning of one, if that is unique) or a reference as a Pod gives it. An image without any
    /// name has been removed and isn't found, though it may still be held.
    /// </summary>
    public StoredImage? Find(string text)
    {
        if (ImageReference.TryParse(text, out ImageReference? reference, out _)
            && References.TryGetValue(reference.Key, out StoredReference? named))
        {
            return Images[named.ImageId];
        }

        string hex = text.StartsWith("sha256:", StringComparison.Ordinal) ? text["sha256:".Length..] : text;
        if (hex.Length is < MinShortId or > 64 || !Digest.IsHex(hex))
        {
            return null;
        }

        List<StoredImage> matches = [.. Named().Where(image => image.Id.AsSpan("sha256:".Length).StartsWith(hex, StringComparison.Ordinal)).Take(2)];
        return matches.Count == 1 ? matches[0] : null;
    }

    /// <summary>Images that have a name.</summary>
    public IEnumerable<StoredImage> Named() =>
        References.Values.Select(reference => reference.ImageId).Distinct(StringComparer.Ordinal).Select(id => Images[id]);

    /// <summary>Adds an image under a name and under its digest; a tag that meant another image moves.</summary>
    public ImageIndex With(StoredImage image, ImageReference reference, Digest digest)
    {
        string pinned = reference.WithDigest(digest).Key;
        return this with
        {
            Images = Images.SetItem(image.Id, image),
            References = References
                .SetItem(reference.Key, new StoredReference(reference.Key, digest.ToString(), image.Id))
                .SetItem(pinned, new StoredReference(pinned, digest.ToString(), image.Id)),
        };
    }

    /// <summary>Takes all names from an image.</summary>
    public ImageIndex WithoutNames(string id) => this with
    {
        References = References.RemoveRange(References.Values.Where(reference => reference.ImageId == id).Select(reference => reference.Name)),
    };

    /// <summary>Drops images that have no name and aren't held.</summary>
    public ImageIndex WithoutUnused(Func<string, bool> isHeld)
    {
        HashSet<string> named = [.. References.Values.Select(reference => reference.ImageId)];
        return this with { Images = Images.RemoveRange(Images.Keys.Where(id => !named.Contains(id) && !isHeld(id))) };
    }
}
