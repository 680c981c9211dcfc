using k8s.Models;

namespace Nacelle.Kubelet.Environments;

/// <summary>The fields that a <c>fieldRef</c> may name (Kubernetes documentation, "Downward API").</summary>
internal static class PodFields
{
    /// <summary>The fields that a volume may show too: those of the metadata.</summary>
    /// <exception cref="ContainerConfigException">There is no such field.</exception>
    public static string Metadata(V1Pod pod, string path)
    {
        if (Subscript(path) is var (list, key))
        {
            return list switch
            {
                "metadata.labels" => pod.Metadata.Labels?.TryGetValue(key, out var label) == true ? label : "",
                "metadata.annotations" => pod.Metadata.Annotations?.TryGetValue(key, out var annotation) == true ? annotation : "",
                _ => throw new ContainerConfigException($"fieldPath {GoText.Quote(path)} does not support subscript"),
            };
        }

        return path switch
        {
            "metadata.name" => pod.Metadata.Name,
            "metadata.namespace" => pod.Metadata.NamespaceProperty,
            "metadata.uid" => pod.Metadata.Uid,
            "metadata.labels" => Format(pod.Metadata.Labels),
            "metadata.annotations" => Format(pod.Metadata.Annotations),
            _ => throw new ContainerConfigException($"unsupported fieldPath: {path}"),
        };
    }

    /// <summary>The fields that a variable may name.</summary>
    /// <param name="podIPs">The Pod's addresses, the one that counts first.</param>
    /// <param name="hostIPs">The node's.</param>
    /// <exception cref="ContainerConfigException">There is no such field.</exception>
    public static string Variable(V1Pod pod, string path, IReadOnlyList<string> podIPs, IReadOnlyList<string> hostIPs) => path switch
    {
        "spec.nodeName" => pod.Spec.NodeName ?? "",
        "spec.serviceAccountName" => pod.Spec.ServiceAccountName ?? "",
        "spec.host" => pod.Spec.NodeName ?? "",
        "status.podIP" => podIPs.Count > 0 ? podIPs[0] : "",
        "status.podIPs" => string.Join(',', podIPs),
        "status.hostIP" => hostIPs.Count > 0 ? hostIPs[0] : "",
        "status.hostIPs" => string.Join(',', hostIPs),
        _ => Metadata(pod, path),
    };

    private static (string List, string Key)? Subscript(string path)
    {
        var start = path.IndexOf("['", StringComparison.Ordinal);
        return start > 0 && path.EndsWith("']", StringComparison.Ordinal) ? (path[..start], path[(start + 2)..^2]) : null;
    }

    private static string Format(IDictionary<string, string>? map) => map is null
        ? ""
        : string.Join('\n', map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={GoText.Quote(pair.Value)}"));
}
