using System.Collections.Immutable;

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

    public static ImmutableArray<InspectedResource> Resources { get; } =
    [
        new("pods", "pod", "", [], [], [
            new("exposure", "PodExposure", ["get"]),
            new("files", "PodFile", ["get"]),
        ]),
        new(Processes, "process", ProcessKind, ["proc", "ps"], ["delete", "get", "list", "watch"], [
            new("signal", SignalKind, ["create"]),
        ]),
    ];
}
