using global::Runtime.V1;
using Grpc.Core;
using Nacelle.Runtime.Images;

namespace Nacelle.Runtime;

public sealed partial class ImageService
{
    /// <summary>Removes the image with all its names, as containerd does; one that isn't there is success (CRI: idempotent).</summary>
    public override async Task<RemoveImageResponse> RemoveImage(RemoveImageRequest request, ServerCallContext context)
    {
        try
        {
            await store.RemoveAsync(NameOf(request.Image)).ConfigureAwait(false);
            return new RemoveImageResponse();
        }
        catch (IOException e)
        {
            throw ToRpc(new ImageException(ImageError.Store, $"failed to remove image \"{request.Image.Image}\": {e.Message}", e));
        }
    }
}
