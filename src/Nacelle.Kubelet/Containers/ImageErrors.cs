using System.Collections.Concurrent;

namespace Nacelle.Kubelet.Containers;

/// <summary>The last pull error of each image of one Pod, so that its back-off can say why.</summary>
public sealed class ImageErrors
{
    private readonly ConcurrentDictionary<string, ImageError> _errors = new(StringComparer.Ordinal);

    public ImageError? Find(string image) => _errors.GetValueOrDefault(image);

    public void Set(string image, string message, DateTimeOffset at) => _errors[image] = new ImageError(message, at);

    public void Clear(string image) => _errors.TryRemove(image, out _);
}
