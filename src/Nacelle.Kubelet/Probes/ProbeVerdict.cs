namespace Nacelle.Kubelet.Probes;

/// <summary>
/// What a probe has shown so far. Only as many equal results in a row as its threshold says change it. Pure but for its counters.
/// </summary>
public sealed class ProbeVerdict(ProbeKind kind, int successThreshold, int failureThreshold)
{
    private bool _last;
    private int _inARow;

    /// <summary>Null until the first threshold is reached. A live container counts as healthy, a container as not ready and not started.</summary>
    public bool? Healthy { get; private set; }

    /// <summary>A container that must be killed.</summary>
    public bool Fatal => kind != ProbeKind.Readiness && Healthy == false;

    /// <summary>Ready, or started.</summary>
    public bool Good => kind == ProbeKind.Liveness ? Healthy != false : Healthy == true;

    /// <returns>True when <see cref="Healthy"/> changed.</returns>
    public bool Add(bool success)
    {
        _inARow = success == _last ? _inARow + 1 : 1;
        _last = success;
        if (Healthy == success || _inARow < (success ? successThreshold : failureThreshold))
        {
            return false;
        }

        Healthy = success;
        return true;
    }
}
