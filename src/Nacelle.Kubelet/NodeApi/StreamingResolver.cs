namespace Nacelle.Kubelet.NodeApi;

/// <summary>
/// Finds what a stream is for. With a container name: the id of the running container of that name (init and ephemeral ones
/// too); without: the id of the Pod's ready sandbox.
/// </summary>
/// <param name="podNamespace">The Pod's namespace.</param>
/// <param name="podName">The Pod's name.</param>
/// <param name="podUid">Null for whichever Pod has that name now.</param>
/// <param name="container">Null for the sandbox.</param>
/// <param name="cancellationToken">Ends the search.</param>
public delegate ValueTask<StreamingTarget> StreamingResolver(
    string podNamespace, string podName, string? podUid, string? container, CancellationToken cancellationToken);
