namespace Nacelle.Runtime.Images;

/// <summary>A failure of the image side, with a message that a user of <c>kubectl describe pod</c> can act on.</summary>
public sealed class ImageException : Exception
{
    public ImageException(ImageError error, string message, Exception? innerException = null)
        : base(message, innerException) => Error = error;

    public ImageError Error { get; }

    /// <summary>The same failure with a prefix that says what was being done, as containerd's messages nest.</summary>
    public ImageException While(string doing) => new(Error, $"{doing}: {Message}", this);
}
