namespace Nacelle.Runtime.Images.Oci;

/// <summary>The media types of manifests and layers that registries use.</summary>
internal static class MediaTypes
{
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    public const string DockerList = "application/vnd.docker.distribution.manifest.list.v2+json";
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";

    /// <summary>What is asked for; a registry that has only the old signed schema 1 then answers something we refuse clearly.</summary>
    public static IReadOnlyList<string> AcceptedManifests { get; } = [OciIndex, OciManifest, DockerList, DockerManifest];
}
