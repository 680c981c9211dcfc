namespace Nacelle.Kubelet.Events;

/// <summary>Reasons of the kubelet's events, as Kubernetes names them; the last group is ours.</summary>
internal static class EventReasons
{
    public const string Created = "Created";
    public const string Started = "Started";
    public const string Failed = "Failed";
    public const string Killing = "Killing";
    public const string BackOff = "BackOff";
    public const string Pulling = "Pulling";
    public const string Pulled = "Pulled";
    public const string InspectFailed = "InspectFailed";
    public const string ErrImageNeverPull = "ErrImageNeverPull";
    public const string SandboxChanged = "SandboxChanged";
    public const string FailedCreatePodSandBox = "FailedCreatePodSandBox";
    public const string FailedMount = "FailedMount";
    public const string FailedKillPod = "FailedKillPod";
    public const string FailedSync = "FailedSync";
    public const string Unhealthy = "Unhealthy";
    public const string FailedPostStartHook = "FailedPostStartHook";
    public const string FailedPreStopHook = "FailedPreStopHook";
    public const string DeadlineExceeded = "DeadlineExceeded";

    public const string FieldNotSupported = "FieldNotSupported";
    public const string FieldIgnored = "FieldIgnored";
    public const string LeftoversKilled = "LeftoversKilled";
    public const string EntrypointNotPid1 = "EntrypointNotPID1";
    public const string TargetNamespaceIgnored = "TargetNamespaceIgnored";
}
