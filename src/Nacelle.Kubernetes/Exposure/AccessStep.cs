using System.Globalization;

namespace Nacelle.Kubernetes.Exposure;

/// <summary>One step, as it is named in an audit: <c>setuid(101)</c>.</summary>
/// <param name="Id">The user or group ID; 0 where the kind has none.</param>
public readonly record struct AccessStep(AccessStepKind Kind, long Id = 0)
{
    public override string ToString() => Kind switch
    {
        AccessStepKind.Raise => "capset(permitted)",
        AccessStepKind.SetGid => string.Create(CultureInfo.InvariantCulture, $"setgid({IdText})"),
        AccessStepKind.SetUid => string.Create(CultureInfo.InvariantCulture, $"setuid({IdText})"),
        _ => "exec",
    };

    private string IdText => Id < 0 ? "the target's" : Id.ToString(CultureInfo.InvariantCulture);
}
