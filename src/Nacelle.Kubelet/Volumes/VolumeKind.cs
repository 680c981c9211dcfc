using k8s.Models;

namespace Nacelle.Kubelet.Volumes;

/// <summary>Names the source of a volume that this kubelet does not know.</summary>
internal static class VolumeKind
{
    /// <summary>The field's name in the API.</summary>
    public static string NameOf(V1Volume volume) => volume switch
    {
        { PersistentVolumeClaim: not null } => "persistentVolumeClaim",
        { Ephemeral: not null } => "ephemeral",
        { Csi: not null } => "csi",
        { Image: not null } => "image",
        { Nfs: not null } => "nfs",
        { Iscsi: not null } => "iscsi",
        { Fc: not null } => "fc",
        { GitRepo: not null } => "gitRepo",
        { FlexVolume: not null } => "flexVolume",
        { Cephfs: not null } => "cephfs",
        { Rbd: not null } => "rbd",
        { Glusterfs: not null } => "glusterfs",
        { AwsElasticBlockStore: not null } => "awsElasticBlockStore",
        { AzureDisk: not null } => "azureDisk",
        { AzureFile: not null } => "azureFile",
        { Cinder: not null } => "cinder",
        { Flocker: not null } => "flocker",
        { GcePersistentDisk: not null } => "gcePersistentDisk",
        { PhotonPersistentDisk: not null } => "photonPersistentDisk",
        { PortworxVolume: not null } => "portworxVolume",
        { Quobyte: not null } => "quobyte",
        { ScaleIO: not null } => "scaleIO",
        { Storageos: not null } => "storageos",
        { VsphereVolume: not null } => "vsphereVolume",
        _ => "(a kind that this version does not know)",
    };
}
