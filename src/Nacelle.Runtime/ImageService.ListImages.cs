using global::Runtime.V1;
using Grpc.Core;

namespace Nacelle.Runtime;

public sealed partial class ImageService
{
    /// <summary>All images with a name; with a filter, the one it names.</summary>
    public override async Task<ListImagesResponse> ListImages(ListImagesRequest request, ServerCallContext context)
    {
        ListImagesResponse response = new();
        if (request.Filter?.Image?.Image is { Length: > 0 } name)
        {
            Images.Image? found = await store.FindAsync(name).ConfigureAwait(false);
            response.Images.AddRange(found is null ? [] : [ToCri(found)]);
            return response;
        }

        response.Images.AddRange(store.List().Select(ToCri));
        return response;
    }
}
