using Microsoft.Extensions.Logging;

namespace Nacelle.Runtime.Images;

internal static partial class ImageStoreLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Pulled {Reference} ({Digest}): image {Id}")]
    public static partial void Pulled(ILogger logger, string reference, string digest, string id);

    [LoggerMessage(Level = LogLevel.Information, Message = "Removed image {Id}")]
    public static partial void Removed(ILogger logger, string id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Image {Id} lacks layers on disk and is forgotten")]
    public static partial void NotWhole(ILogger logger, string id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not remove {Path} yet: {Reason}")]
    public static partial void NotDeleted(ILogger logger, string path, string reason);
}
