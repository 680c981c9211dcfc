using Grpc.Core;
using Runtime.V1;

namespace Nacelle.UnitTests.Kubelet.Fakes;

internal sealed class FakeImageService(FakeRuntimeState state) : ImageService.ImageServiceBase
{
    public override Task<ImageStatusResponse> ImageStatus(ImageStatusRequest request, ServerCallContext context)
    {
        var response = new ImageStatusResponse
        {
            Image = state.Images.ContainsKey(request.Image.Image) ? new Image { Id = "sha256:1", Size = 42, Uid = new Int64Value { Value = 0 } } : null,
        };
        if (request.Verbose && state.ImageInfo is { } info)
        {
            response.Info["info"] = info;
        }

        return Task.FromResult(response);
    }

    public override Task<PullImageResponse> PullImage(PullImageRequest request, ServerCallContext context)
    {
        state.Calls.Enqueue($"PullImage {request.Image.Image}");
        return state.Images.ContainsKey(request.Image.Image)
            ? Task.FromResult(new PullImageResponse { ImageRef = "sha256:1" })
            : throw new RpcException(new global::Grpc.Core.Status(StatusCode.NotFound, "manifest unknown"));
    }
}
