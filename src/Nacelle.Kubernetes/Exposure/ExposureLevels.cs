namespace Nacelle.Kubernetes.Exposure;

/// <summary>How much an open access matters. A step that the observer can take by itself is no obstacle, so reachable counts as direct.</summary>
public static class ExposureLevels
{
    /// <param name="access">An access that is open.</param>
    /// <param name="exposed">What it lets through.</param>
    /// <param name="isHost">Whether the target stands for the machine's own processes.</param>
    public static ExposureLevel Of(Access access, IReadOnlyCollection<ExposedItem> exposed, bool isHost)
    {
        ExposureLevel level = exposed.Any(item => item.IsSecret) ? ExposureLevel.High : OfAccess(access, exposed);
        return isHost && level < ExposureLevel.High ? level + 1 : level;
    }

    private static ExposureLevel OfAccess(Access access, IReadOnlyCollection<ExposedItem> exposed) => access switch
    {
        Access.List => ExposureLevel.Info,
        Access.Argv => exposed.Any(item => item.Kind == ExposedKind.ConfigMap) ? ExposureLevel.Medium : ExposureLevel.Low,

        // The image sets variables too, which are public with the image.
        Access.Environ => exposed.Count > 0 ? ExposureLevel.Medium : ExposureLevel.Low,
        Access.Memory => ExposureLevel.High,
        _ => ExposureLevel.Medium,
    };
}
