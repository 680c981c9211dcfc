namespace Nacelle.Runtime.Images;

/// <summary>What kind of failure an <see cref="ImageException"/> is; the gRPC border turns it into a status code.</summary>
public enum ImageError
{
    /// <summary>The text isn't an image reference.</summary>
    InvalidReference,

    /// <summary>The registry answered that there is no such image, or none for this platform.</summary>
    NotFound,

    /// <summary>The registry wants other credentials, or none would do.</summary>
    Denied,

    /// <summary>No registry could be asked, or it answered something else than the protocol allows.</summary>
    Registry,

    /// <summary>What came isn't what its digest or size promised, or is malformed, or tries to leave its directory.</summary>
    Corrupt,

    /// <summary>A valid image in a form that is not supported (yet).</summary>
    Unsupported,

    /// <summary>A bound on sizes or counts was reached.</summary>
    TooLarge,

    /// <summary>The store on disk can't be read or written.</summary>
    Store,
}
