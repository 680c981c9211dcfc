using global::Runtime.V1;
using Grpc.Core;

namespace Nacelle.Runtime;

public sealed partial class ImageService
{
    /// <summary>
    /// What the layers take, in bytes of content and inodes. Containers' own layers are on the same file system, so both lists say the
    /// same, as containerd's do.
    /// </summary>
    public override Task<ImageFsInfoResponse> ImageFsInfo(ImageFsInfoRequest request, ServerCallContext context)
    {
        (long bytes, long entries) = store.Usage();
        FilesystemUsage usage = new()
        {
            Timestamp = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100,
            FsId = new FilesystemIdentifier { Mountpoint = store.DirectoryPath },
            UsedBytes = new UInt64Value { Value = (ulong)bytes },
            InodesUsed = new UInt64Value { Value = (ulong)entries },
        };
        ImageFsInfoResponse response = new();
        response.ImageFilesystems.Add(usage);
        response.ContainerFilesystems.Add(usage.Clone());
        return Task.FromResult(response);
    }
}
