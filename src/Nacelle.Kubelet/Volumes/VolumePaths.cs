namespace Nacelle.Kubelet.Volumes;

/// <summary>Where a Pod's volumes are on the host: the real kubelet's layout, so that its users' tools find them.</summary>
internal sealed class VolumePaths(string podsDirectory)
{
    public string Pod(string uid) => Path.Combine(podsDirectory, uid);

    public string Volumes(string uid) => Path.Combine(Pod(uid), "volumes");

    /// <param name="kind"><c>empty-dir</c>, <c>configmap</c>, <c>secret</c>, <c>downward-api</c> or <c>projected</c>.</param>
    public string Volume(string uid, string kind, string name) => Path.Combine(Volumes(uid), $"kubernetes.io~{kind}", name);

    public string SubPaths(string uid) => Path.Combine(Pod(uid), "volume-subpaths");

    public string SubPath(string uid, string volume, string container, int mountIndex) =>
        Path.Combine(SubPaths(uid), volume, container, mountIndex.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
