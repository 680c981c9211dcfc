using global::Runtime.V1;
using Grpc.Core;

namespace Nacelle.Runtime;

public sealed partial class ImageService
{
    /// <summary>As ListImages, in answers of at most 500 images: a message has a size limit, a machine's images have none.</summary>
    public override async Task StreamImages(
        StreamImagesRequest request, IServerStreamWriter<StreamImagesResponse> responseStream, ServerCallContext context)
    {
        ListImagesResponse all = await ListImages(new ListImagesRequest { Filter = request.Filter }, context).ConfigureAwait(false);
        foreach (global::Runtime.V1.Image[] chunk in all.Images.Chunk(500))
        {
            StreamImagesResponse response = new();
            response.Images.AddRange(chunk);
            await responseStream.WriteAsync(response, context.CancellationToken).ConfigureAwait(false);
        }
    }
}
