using global::Runtime.V1;
using Grpc.Core;
using Nacelle.Runtime.Images;
using Nacelle.Runtime.Images.Registry;

namespace Nacelle.Runtime;

public sealed partial class ImageService
{
    /// <summary>Pulls and unpacks; the answer's <c>image_ref</c> is the image's id.</summary>
    public override async Task<PullImageResponse> PullImage(PullImageRequest request, ServerCallContext context)
    {
        try
        {
            Images.Image image = await store
                .PullAsync(NameOf(request.Image), RegistryCredentials.From(request.Auth), context.CancellationToken)
                .ConfigureAwait(false);
            return new PullImageResponse { ImageRef = image.Id };
        }
        catch (ImageException e)
        {
            throw ToRpc(e);
        }
    }
}
