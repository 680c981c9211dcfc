using global::Runtime.V1;
using Grpc.Core;
using Nacelle.Runtime.Images;

namespace Nacelle.Runtime;

/// <summary>CRI v1's ImageService over the image store: one file an RPC. This file is the border where its exceptions become status codes.</summary>
public sealed partial class ImageService(ImageStore store, TimeProvider time) : global::Runtime.V1.ImageService.ImageServiceBase
{
    private readonly ImageStore store = store;
    private readonly TimeProvider time = time;

    // A kubelet tells failures apart by their text; Unavailable would mean to its client that this runtime is gone.
    private static RpcException ToRpc(ImageException e) => new(new Status(
        e.Error switch
        {
            ImageError.InvalidReference => StatusCode.InvalidArgument,
            ImageError.NotFound => StatusCode.NotFound,
            ImageError.Denied => StatusCode.PermissionDenied,
            ImageError.Unsupported => StatusCode.Unimplemented,
            ImageError.TooLarge => StatusCode.ResourceExhausted,
            ImageError.Corrupt => StatusCode.FailedPrecondition,
            ImageError.Store => StatusCode.Internal,
            _ => StatusCode.Unknown,
        },
        e.Message));

    private static string NameOf(ImageSpec? spec) => spec is { Image.Length: > 0 }
        ? spec.Image
        : throw new RpcException(new Status(StatusCode.InvalidArgument, "image is required"));

    private static global::Runtime.V1.Image ToCri(Images.Image image)
    {
        global::Runtime.V1.Image answer = new() { Id = image.Id, Size = (ulong)image.Size };
        answer.RepoTags.AddRange(image.RepoTags);
        answer.RepoDigests.AddRange(image.RepoDigests);
        // Who the image's processes are: a kubelet checks runAsNonRoot with it. Neither field means root.
        string user = image.Config.User.Split(':')[0];
        if (long.TryParse(user, out long uid))
        {
            answer.Uid = new Int64Value { Value = uid };
        }
        else
        {
            answer.Username = user;
        }

        return answer;
    }
}
