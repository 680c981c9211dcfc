namespace Nacelle.ApiServer.Protobuf;

/// <summary>
/// Field numbers of a Pod and of all it consists of, as the published <c>generated.proto</c> of core/v1 gives them; only the fields that the schema of
/// 1.36 has. kubectl sends whole Pods in protobuf: <c>debug --copy-to</c> does since 1.32. Read as <see cref="ProtobufMessages"/> says.
/// </summary>
internal static class PodMessages
{
    public const string Table = """
        Pod               1 metadata ObjectMeta, 2 spec PodSpec, 3 status PodStatus
        PodSpec           1 volumes *Volume, 2 containers *Container, 3 restartPolicy text, 4 terminationGracePeriodSeconds int, 5 activeDeadlineSeconds int, 6 dnsPolicy text, 7 nodeSelector <text>, 8 serviceAccountName text, 9 serviceAccount text, 10 nodeName text, 11 hostNetwork flag, 12 hostPID flag, 13 hostIPC flag, 14 securityContext PodSecurityContext, 15 imagePullSecrets *LocalObjectReference, 16 hostname text, 17 subdomain text, 18 affinity Affinity, 19 schedulerName text, 20 initContainers *Container, 21 automountServiceAccountToken flag, 22 tolerations *Toleration, 23 hostAliases *HostAlias, 24 priorityClassName text, 25 priority int, 26 dnsConfig PodDNSConfig, 27 shareProcessNamespace flag, 28 readinessGates *PodReadinessGate, 29 runtimeClassName text, 30 enableServiceLinks flag, 31 preemptionPolicy text, 32 overhead <quantity>, 33 topologySpreadConstraints *TopologySpreadConstraint, 34 ephemeralContainers *EphemeralContainer, 35 setHostnameAsFQDN flag, 36 os PodOS, 37 hostUsers flag, 38 schedulingGates *PodSchedulingGate, 39 resourceClaims *PodResourceClaim, 40 resources ResourceRequirements, 41 hostnameOverride text, 43 schedulingGroup PodSchedulingGroup
        PodStatus         1 phase text, 2 conditions *PodCondition, 3 message text, 4 reason text, 5 hostIP text, 6 podIP text, 7 startTime time, 8 containerStatuses *ContainerStatus, 9 qosClass text, 10 initContainerStatuses *ContainerStatus, 11 nominatedNodeName text, 12 podIPs *PodIP, 13 ephemeralContainerStatuses *ContainerStatus, 14 resize text, 15 resourceClaimStatuses *PodResourceClaimStatus, 16 hostIPs *HostIP, 17 observedGeneration int, 18 extendedResourceClaimStatus PodExtendedResourceClaimStatus, 19 allocatedResources <quantity>, 20 resources ResourceRequirements, 21 nodeAllocatableResourceClaimStatuses *NodeAllocatableResourceClaimStatus
        Volume            1 name text, 2 volumeSource +VolumeSource
        Container         1 name text, 2 image text, 3 command *text, 4 args *text, 5 workingDir text, 6 ports *ContainerPort, 7 env *EnvVar, 8 resources ResourceRequirements, 9 volumeMounts *VolumeMount, 10 livenessProbe Probe, 11 readinessProbe Probe, 12 lifecycle Lifecycle, 13 terminationMessagePath text, 14 imagePullPolicy text, 15 securityContext SecurityContext, 16 stdin flag, 17 stdinOnce flag, 18 tty flag, 19 envFrom *EnvFromSource, 20 terminationMessagePolicy text, 21 volumeDevices *VolumeDevice, 22 startupProbe Probe, 23 resizePolicy *ContainerResizePolicy, 24 restartPolicy text, 25 restartPolicyRules *ContainerRestartRule
        PodSecurityContext 1 seLinuxOptions SELinuxOptions, 2 runAsUser int, 3 runAsNonRoot flag, 4 supplementalGroups *int, 5 fsGroup int, 6 runAsGroup int, 7 sysctls *Sysctl, 8 windowsOptions WindowsSecurityContextOptions, 9 fsGroupChangePolicy text, 10 seccompProfile SeccompProfile, 11 appArmorProfile AppArmorProfile, 12 supplementalGroupsPolicy text, 13 seLinuxChangePolicy text
        Affinity          1 nodeAffinity NodeAffinity, 2 podAffinity PodAffinity, 3 podAntiAffinity PodAntiAffinity
        HostAlias         1 ip text, 2 hostnames *text
        PodDNSConfig      1 nameservers *text, 2 searches *text, 3 options *PodDNSConfigOption
        PodReadinessGate  1 conditionType text
        TopologySpreadConstraint 1 maxSkew int, 2 topologyKey text, 3 whenUnsatisfiable text, 4 labelSelector LabelSelector, 5 minDomains int, 6 nodeAffinityPolicy text, 7 nodeTaintsPolicy text, 8 matchLabelKeys *text
        EphemeralContainer 1 ephemeralContainerCommon +EphemeralContainerCommon, 2 targetContainerName text
        PodOS             1 name text
        PodSchedulingGate 1 name text
        PodResourceClaim  1 name text, 3 resourceClaimName text, 4 resourceClaimTemplateName text
        ResourceRequirements 1 limits <quantity>, 2 requests <quantity>, 3 claims *ResourceClaim
        PodSchedulingGroup 1 podGroupName text
        PodCondition      1 type text, 2 status text, 3 lastProbeTime time, 4 lastTransitionTime time, 5 reason text, 6 message text, 7 observedGeneration int
        ContainerStatus   1 name text, 2 state ContainerState, 3 lastState ContainerState, 4 ready flag, 5 restartCount int, 6 image text, 7 imageID text, 8 containerID text, 9 started flag, 10 allocatedResources <quantity>, 11 resources ResourceRequirements, 12 volumeMounts *VolumeMountStatus, 13 user ContainerUser, 14 allocatedResourcesStatus *ResourceStatus, 15 stopSignal text
        PodIP             1 ip text
        PodResourceClaimStatus 1 name text, 2 resourceClaimName text
        HostIP            1 ip text
        PodExtendedResourceClaimStatus 1 requestMappings *ContainerExtendedResourceRequest, 2 resourceClaimName text
        NodeAllocatableResourceClaimStatus 1 resourceClaimName text, 2 containers *text, 3 resources <quantity>
        VolumeSource      1 hostPath HostPathVolumeSource, 2 emptyDir EmptyDirVolumeSource, 3 gcePersistentDisk GCEPersistentDiskVolumeSource, 4 awsElasticBlockStore AWSElasticBlockStoreVolumeSource, 5 gitRepo GitRepoVolumeSource, 6 secret SecretVolumeSource, 7 nfs NFSVolumeSource, 8 iscsi ISCSIVolumeSource, 9 glusterfs GlusterfsVolumeSource, 10 persistentVolumeClaim PersistentVolumeClaimVolumeSource, 11 rbd RBDVolumeSource, 12 flexVolume FlexVolumeSource, 13 cinder CinderVolumeSource, 14 cephfs CephFSVolumeSource, 15 flocker FlockerVolumeSource, 16 downwardAPI DownwardAPIVolumeSource, 17 fc FCVolumeSource, 18 azureFile AzureFileVolumeSource, 19 configMap ConfigMapVolumeSource, 20 vsphereVolume VsphereVirtualDiskVolumeSource, 21 quobyte QuobyteVolumeSource, 22 azureDisk AzureDiskVolumeSource, 23 photonPersistentDisk PhotonPersistentDiskVolumeSource, 24 portworxVolume PortworxVolumeSource, 25 scaleIO ScaleIOVolumeSource, 26 projected ProjectedVolumeSource, 27 storageos StorageOSVolumeSource, 28 csi CSIVolumeSource, 29 ephemeral EphemeralVolumeSource, 30 image ImageVolumeSource
        ContainerPort     1 name text, 2 hostPort int, 3 containerPort int, 4 protocol text, 5 hostIP text
        EnvVar            1 name text, 2 value text, 3 valueFrom EnvVarSource
        VolumeMount       1 name text, 2 readOnly flag, 3 mountPath text, 4 subPath text, 5 mountPropagation text, 6 subPathExpr text, 7 recursiveReadOnly text
        Probe             1 handler +ProbeHandler, 2 initialDelaySeconds int, 3 timeoutSeconds int, 4 periodSeconds int, 5 successThreshold int, 6 failureThreshold int, 7 terminationGracePeriodSeconds int
        Lifecycle         1 postStart LifecycleHandler, 2 preStop LifecycleHandler, 3 stopSignal text
        SecurityContext   1 capabilities Capabilities, 2 privileged flag, 3 seLinuxOptions SELinuxOptions, 4 runAsUser int, 5 runAsNonRoot flag, 6 readOnlyRootFilesystem flag, 7 allowPrivilegeEscalation flag, 8 runAsGroup int, 9 procMount text, 10 windowsOptions WindowsSecurityContextOptions, 11 seccompProfile SeccompProfile, 12 appArmorProfile AppArmorProfile
        EnvFromSource     1 prefix text, 2 configMapRef ConfigMapEnvSource, 3 secretRef SecretEnvSource
        VolumeDevice      1 name text, 2 devicePath text
        ContainerResizePolicy 1 resourceName text, 2 restartPolicy text
        ContainerRestartRule 1 action text, 2 exitCodes ContainerRestartRuleOnExitCodes
        SELinuxOptions    1 user text, 2 role text, 3 type text, 4 level text
        Sysctl            1 name text, 2 value text
        WindowsSecurityContextOptions 1 gmsaCredentialSpecName text, 2 gmsaCredentialSpec text, 3 runAsUserName text, 4 hostProcess flag
        SeccompProfile    1 type text, 2 localhostProfile text
        AppArmorProfile   1 type text, 2 localhostProfile text
        NodeAffinity      1 requiredDuringSchedulingIgnoredDuringExecution NodeSelector, 2 preferredDuringSchedulingIgnoredDuringExecution *PreferredSchedulingTerm
        PodAffinity       1 requiredDuringSchedulingIgnoredDuringExecution *PodAffinityTerm, 2 preferredDuringSchedulingIgnoredDuringExecution *WeightedPodAffinityTerm
        PodAntiAffinity   1 requiredDuringSchedulingIgnoredDuringExecution *PodAffinityTerm, 2 preferredDuringSchedulingIgnoredDuringExecution *WeightedPodAffinityTerm
        PodDNSConfigOption 1 name text, 2 value text
        LabelSelector     1 matchLabels <text>, 2 matchExpressions *LabelSelectorRequirement
        EphemeralContainerCommon 1 name text, 2 image text, 3 command *text, 4 args *text, 5 workingDir text, 6 ports *ContainerPort, 7 env *EnvVar, 8 resources ResourceRequirements, 9 volumeMounts *VolumeMount, 10 livenessProbe Probe, 11 readinessProbe Probe, 12 lifecycle Lifecycle, 13 terminationMessagePath text, 14 imagePullPolicy text, 15 securityContext SecurityContext, 16 stdin flag, 17 stdinOnce flag, 18 tty flag, 19 envFrom *EnvFromSource, 20 terminationMessagePolicy text, 21 volumeDevices *VolumeDevice, 22 startupProbe Probe, 23 resizePolicy *ContainerResizePolicy, 24 restartPolicy text, 25 restartPolicyRules *ContainerRestartRule
        ResourceClaim     1 name text, 2 request text
        ContainerState    1 waiting ContainerStateWaiting, 2 running ContainerStateRunning, 3 terminated ContainerStateTerminated
        VolumeMountStatus 1 name text, 2 mountPath text, 3 readOnly flag, 4 recursiveReadOnly text, 5 volumeStatus VolumeStatus
        ContainerUser     1 linux LinuxContainerUser
        ResourceStatus    1 name text, 2 resources *ResourceHealth
        ContainerExtendedResourceRequest 1 containerName text, 2 resourceName text, 3 requestName text
        HostPathVolumeSource 1 path text, 2 type text
        EmptyDirVolumeSource 1 medium text, 2 sizeLimit quantity
        GCEPersistentDiskVolumeSource 1 pdName text, 2 fsType text, 3 partition int, 4 readOnly flag
        AWSElasticBlockStoreVolumeSource 1 volumeID text, 2 fsType text, 3 partition int, 4 readOnly flag
        GitRepoVolumeSource 1 repository text, 2 revision text, 3 directory text
        SecretVolumeSource 1 secretName text, 2 items *KeyToPath, 3 defaultMode int, 4 optional flag
        NFSVolumeSource   1 server text, 2 path text, 3 readOnly flag
        ISCSIVolumeSource 1 targetPortal text, 2 iqn text, 3 lun int, 4 iscsiInterface text, 5 fsType text, 6 readOnly flag, 7 portals *text, 8 chapAuthDiscovery flag, 10 secretRef LocalObjectReference, 11 chapAuthSession flag, 12 initiatorName text
        GlusterfsVolumeSource 1 endpoints text, 2 path text, 3 readOnly flag
        PersistentVolumeClaimVolumeSource 1 claimName text, 2 readOnly flag
        RBDVolumeSource   1 monitors *text, 2 image text, 3 fsType text, 4 pool text, 5 user text, 6 keyring text, 7 secretRef LocalObjectReference, 8 readOnly flag
        FlexVolumeSource  1 driver text, 2 fsType text, 3 secretRef LocalObjectReference, 4 readOnly flag, 5 options <text>
        CinderVolumeSource 1 volumeID text, 2 fsType text, 3 readOnly flag, 4 secretRef LocalObjectReference
        CephFSVolumeSource 1 monitors *text, 2 path text, 3 user text, 4 secretFile text, 5 secretRef LocalObjectReference, 6 readOnly flag
        FlockerVolumeSource 1 datasetName text, 2 datasetUUID text
        DownwardAPIVolumeSource 1 items *DownwardAPIVolumeFile, 2 defaultMode int
        FCVolumeSource    1 targetWWNs *text, 2 lun int, 3 fsType text, 4 readOnly flag, 5 wwids *text
        AzureFileVolumeSource 1 secretName text, 2 shareName text, 3 readOnly flag
        ConfigMapVolumeSource 1 localObjectReference +LocalObjectReference, 2 items *KeyToPath, 3 defaultMode int, 4 optional flag
        VsphereVirtualDiskVolumeSource 1 volumePath text, 2 fsType text, 3 storagePolicyName text, 4 storagePolicyID text
        QuobyteVolumeSource 1 registry text, 2 volume text, 3 readOnly flag, 4 user text, 5 group text, 6 tenant text
        AzureDiskVolumeSource 1 diskName text, 2 diskURI text, 3 cachingMode text, 4 fsType text, 5 readOnly flag, 6 kind text
        PhotonPersistentDiskVolumeSource 1 pdID text, 2 fsType text
        PortworxVolumeSource 1 volumeID text, 2 fsType text, 3 readOnly flag
        ScaleIOVolumeSource 1 gateway text, 2 system text, 3 secretRef LocalObjectReference, 4 sslEnabled flag, 5 protectionDomain text, 6 storagePool text, 7 storageMode text, 8 volumeName text, 9 fsType text, 10 readOnly flag
        ProjectedVolumeSource 1 sources *VolumeProjection, 2 defaultMode int
        StorageOSVolumeSource 1 volumeName text, 2 volumeNamespace text, 3 fsType text, 4 readOnly flag, 5 secretRef LocalObjectReference
        CSIVolumeSource   1 driver text, 2 readOnly flag, 3 fsType text, 4 volumeAttributes <text>, 5 nodePublishSecretRef LocalObjectReference
        EphemeralVolumeSource 1 volumeClaimTemplate PersistentVolumeClaimTemplate
        ImageVolumeSource 1 reference text, 2 pullPolicy text
        EnvVarSource      1 fieldRef ObjectFieldSelector, 2 resourceFieldRef ResourceFieldSelector, 3 configMapKeyRef ConfigMapKeySelector, 4 secretKeyRef SecretKeySelector, 5 fileKeyRef FileKeySelector
        ProbeHandler      1 exec ExecAction, 2 httpGet HTTPGetAction, 3 tcpSocket TCPSocketAction, 4 grpc GRPCAction
        LifecycleHandler  1 exec ExecAction, 2 httpGet HTTPGetAction, 3 tcpSocket TCPSocketAction, 4 sleep SleepAction
        Capabilities      1 add *text, 2 drop *text
        ConfigMapEnvSource 1 localObjectReference +LocalObjectReference, 2 optional flag
        SecretEnvSource   1 localObjectReference +LocalObjectReference, 2 optional flag
        ContainerRestartRuleOnExitCodes 1 operator text, 2 values *int
        NodeSelector      1 nodeSelectorTerms *NodeSelectorTerm
        PreferredSchedulingTerm 1 weight int, 2 preference NodeSelectorTerm
        PodAffinityTerm   1 labelSelector LabelSelector, 2 namespaces *text, 3 topologyKey text, 4 namespaceSelector LabelSelector, 5 matchLabelKeys *text, 6 mismatchLabelKeys *text
        WeightedPodAffinityTerm 1 weight int, 2 podAffinityTerm PodAffinityTerm
        LabelSelectorRequirement 1 key text, 2 operator text, 3 values *text
        ContainerStateWaiting 1 reason text, 2 message text
        ContainerStateRunning 1 startedAt time
        ContainerStateTerminated 1 exitCode int, 2 signal int, 3 reason text, 4 message text, 5 startedAt time, 6 finishedAt time, 7 containerID text
        VolumeStatus      1 image ImageVolumeStatus
        LinuxContainerUser 1 uid int, 2 gid int, 3 supplementalGroups *int
        ResourceHealth    1 resourceID text, 2 health text, 6 message text
        KeyToPath         1 key text, 2 path text, 3 mode int
        DownwardAPIVolumeFile 1 path text, 2 fieldRef ObjectFieldSelector, 3 resourceFieldRef ResourceFieldSelector, 4 mode int
        VolumeProjection  1 secret SecretProjection, 2 downwardAPI DownwardAPIProjection, 3 configMap ConfigMapProjection, 4 serviceAccountToken ServiceAccountTokenProjection, 5 clusterTrustBundle ClusterTrustBundleProjection, 6 podCertificate PodCertificateProjection
        PersistentVolumeClaimTemplate 1 metadata ObjectMeta, 2 spec PersistentVolumeClaimSpec
        ObjectFieldSelector 1 apiVersion text, 2 fieldPath text
        ResourceFieldSelector 1 containerName text, 2 resource text, 3 divisor quantity
        ConfigMapKeySelector 1 localObjectReference +LocalObjectReference, 2 key text, 3 optional flag
        SecretKeySelector 1 localObjectReference +LocalObjectReference, 2 key text, 3 optional flag
        FileKeySelector   1 volumeName text, 2 path text, 3 key text, 4 optional flag
        ExecAction        1 command *text
        HTTPGetAction     1 path text, 2 port intOrText, 3 host text, 4 scheme text, 5 httpHeaders *HTTPHeader
        TCPSocketAction   1 port intOrText, 2 host text
        GRPCAction        1 port int, 2 service text
        SleepAction       1 seconds int
        NodeSelectorTerm  1 matchExpressions *NodeSelectorRequirement, 2 matchFields *NodeSelectorRequirement
        ImageVolumeStatus 1 imageRef text
        SecretProjection  1 localObjectReference +LocalObjectReference, 2 items *KeyToPath, 4 optional flag
        DownwardAPIProjection 1 items *DownwardAPIVolumeFile
        ConfigMapProjection 1 localObjectReference +LocalObjectReference, 2 items *KeyToPath, 4 optional flag
        ServiceAccountTokenProjection 1 audience text, 2 expirationSeconds int, 3 path text
        ClusterTrustBundleProjection 1 name text, 2 signerName text, 3 labelSelector LabelSelector, 4 path text, 5 optional flag
        PodCertificateProjection 1 signerName text, 2 keyType text, 3 maxExpirationSeconds int, 4 credentialBundlePath text, 5 keyPath text, 6 certificateChainPath text, 7 userAnnotations <text>
        PersistentVolumeClaimSpec 1 accessModes *text, 2 resources VolumeResourceRequirements, 3 volumeName text, 4 selector LabelSelector, 5 storageClassName text, 6 volumeMode text, 7 dataSource TypedLocalObjectReference, 8 dataSourceRef TypedObjectReference, 9 volumeAttributesClassName text
        HTTPHeader        1 name text, 2 value text
        NodeSelectorRequirement 1 key text, 2 operator text, 3 values *text
        VolumeResourceRequirements 1 limits <quantity>, 2 requests <quantity>
        TypedLocalObjectReference 1 apiGroup text, 2 kind text, 3 name text
        TypedObjectReference 1 apiGroup text, 2 kind text, 3 name text, 4 namespace text
        """;
}
