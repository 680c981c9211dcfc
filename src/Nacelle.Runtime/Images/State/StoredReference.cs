namespace Nacelle.Runtime.Images.State;

/// <summary>A name and the image it means now.</summary>
/// <param name="Name">As <see cref="ImageReference.Key"/>: with a tag, or with a digest.</param>
/// <param name="Digest">Of the manifest or index that the registry gave for the name.</param>
/// <param name="ImageId">Which image came of it.</param>
internal sealed record StoredReference(string Name, string Digest, string ImageId);
