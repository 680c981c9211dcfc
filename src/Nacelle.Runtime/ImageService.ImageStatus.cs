using global::Runtime.V1;
using Grpc.Core;

namespace Nacelle.Runtime;

public sealed partial class ImageService
{
    /// <summary>The image of a reference or an id; an unknown one is an answer without an image, not an error.</summary>
    public override async Task<ImageStatusResponse> ImageStatus(ImageStatusRequest request, ServerCallContext context)
    {
        ImageStatusResponse response = new();
        if (await store.FindAsync(NameOf(request.Image)).ConfigureAwait(false) is { } image)
        {
            response.Image = ToCri(image);
            if (request.Verbose)
            {
                // As containerd: one JSON document under "info", the image's configuration as "imageSpec".
                response.Info["info"] = $$"""{"imageSpec":{{store.ReadConfig(image)}}}""";
            }
        }

        return response;
    }
}
