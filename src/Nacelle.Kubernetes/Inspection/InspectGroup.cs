using System.Collections.Immutable;
using Nacelle.Kubernetes.Discovery;

namespace Nacelle.Kubernetes.Inspection;

/// <summary>
/// The API group of what goes on inside of Pods. The kubelet's port serves it, and an API server passes requests on to there (Kubernetes documentation,
/// "API aggregation layer"). All its resources are namespaced; none has deletecollection, so that nothing empties it together with a namespace.
/// </summary>
public static class InspectGroup
{
    public const string Name = "inspect.nacelle.dev";

    public const string Version = "v1alpha1";

    /// <summary>As <c>apiVersion</c> of its objects.</summary>
    public const string ApiVersion = Name + "/" + Version;

    public const string Processes = "processes";

    public const string ProcessKind = "Process";

    public const string SignalKind = "ProcessSignal";

    /// <summary>Who asks, for a server behind an API server (Kubernetes documentation, "Original Request Username and Group").</summary>
    public const string UserHeader = "X-Remote-User";

    public static ImmutableArray<ApiResource> Resources { get; } =
    [
        new()
        {
            Group = Name,
            Version = Version,
            Plural = "pods",
            Singular = "pod",
            Namespaced = true,
            Subresources =
            [
                new() { Name = "exposure", Kind = "PodExposure", Verbs = ["get"] },
                new() { Name = "files", Kind = "PodFile", Verbs = ["get"], Parameters = FilesParameters },
            ],
        },
        new()
        {
            Group = Name,
            Version = Version,
            Kind = ProcessKind,
            Plural = Processes,
            Singular = "process",
            ShortNames = ["proc", "ps"],
            Namespaced = true,
            Verbs = ["delete", "get", "list", "watch"],
            Subresources = [new() { Name = "signal", Kind = SignalKind, Verbs = ["create"] }],
        },
    ];

    private static ImmutableArray<ApiParameter> FilesParameters =>
    [
        new("operation", "string", "What is done: stat answers a PodFile, list a PodFileList, read the content of the file."),
        new("path", "string", "Path from the container's root."),
        new("rawPath", "string", "Path in base64, in place of path, for one that is no UTF-8."),
        new("container", "string", "Name of the container, which may be left out where the Pod has one."),
        new("limit", "integer", "Entries of a list at most; 0 for no limit."),
        new("continue", "string", "Token with which an earlier list ended."),
        new("offset", "integer", "Where reading begins, in bytes from the start of the file."),
        new("maxBytes", "integer", "Bytes to read at most."),
    ];
}
