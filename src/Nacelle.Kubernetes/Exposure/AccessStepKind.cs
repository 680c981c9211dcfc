namespace Nacelle.Kubernetes.Exposure;

/// <summary>A thing that a process can do to its own credentials.</summary>
public enum AccessStepKind
{
    /// <summary>Makes its permitted capabilities effective: capset(2).</summary>
    Raise,

    /// <summary>Changes its three group IDs: setresgid(2).</summary>
    SetGid,

    /// <summary>Changes its three user IDs and keeps its permitted capabilities: prctl(PR_SET_KEEPCAPS), setresuid(2), capset(2).</summary>
    SetUid,

    /// <summary>Executes any program as user 0, which gives it the bounding set (capabilities(7)).</summary>
    Execute,
}
