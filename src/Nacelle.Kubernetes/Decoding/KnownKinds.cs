namespace Nacelle.Kubernetes.Decoding;

/// <summary>
/// Kinds of Kubernetes that have no table here. A body of such a kind sent to another kind's path is answered otherwise
/// than a kind that does not exist at all.
/// </summary>
internal static class KnownKinds
{
    private static readonly Dictionary<string, string> ByGroupVersion = new()
    {
        ["/v1"] = " ComponentStatus Endpoints LimitRange PersistentVolume PersistentVolumeClaim ReplicationController ResourceQuota Service"
            + " PodStatusResult RangeAllocation SerializedReference GetOptions ListOptions CreateOptions UpdateOptions PatchOptions WatchEvent"
            + " APIGroup APIVersions APIResourceList Table PodAttachOptions PodExecOptions PodLogOptions PodPortForwardOptions PodProxyOptions"
            + " NodeProxyOptions ServiceProxyOptions ",
        ["apps/v1"] = " ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet ",
        ["batch/v1"] = " CronJob Job ",
        ["networking.k8s.io/v1"] = " Ingress IngressClass NetworkPolicy IPAddress ServiceCIDR ",
        ["policy/v1"] = " PodDisruptionBudget ",
        ["rbac.authorization.k8s.io/v1"] = " ClusterRole ClusterRoleBinding Role RoleBinding ",
        ["storage.k8s.io/v1"] = " CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment VolumeAttributesClass ",
        ["autoscaling/v1"] = " HorizontalPodAutoscaler Scale ",
        ["autoscaling/v2"] = " HorizontalPodAutoscaler ",
        ["discovery.k8s.io/v1"] = " EndpointSlice ",
        ["certificates.k8s.io/v1"] = " CertificateSigningRequest ",
        ["authentication.k8s.io/v1"] = " TokenReview SelfSubjectReview ",
        ["authorization.k8s.io/v1"] = " LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview ",
    };

    public static bool Contains(string group, string version, string kind)
    {
        if (!ByGroupVersion.TryGetValue(group + "/" + version, out string? kinds))
        {
            return false;
        }

        string single = kind.EndsWith("List", StringComparison.Ordinal) ? kind[..^4] : kind;
        return kinds.Contains(" " + kind + " ", StringComparison.Ordinal) || kinds.Contains(" " + single + " ", StringComparison.Ordinal);
    }
}
