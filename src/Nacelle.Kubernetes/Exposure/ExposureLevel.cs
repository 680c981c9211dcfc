namespace Nacelle.Kubernetes.Exposure;

/// <summary>How much an open access matters, from least to most. <c>docs/processes.md</c> says which access has which level.</summary>
public enum ExposureLevel
{
    Info,
    Low,
    Medium,
    High,
}
