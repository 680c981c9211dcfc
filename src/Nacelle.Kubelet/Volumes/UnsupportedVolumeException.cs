namespace Nacelle.Kubelet.Volumes;

/// <summary>A volume is of a kind, or asks for something, that this kubelet does not do: the Pod waits until it is changed.</summary>
public sealed class UnsupportedVolumeException : Exception
{
    /// <param name="field">The field at fault, for example <c>spec.volumes[0].nfs</c>.</param>
    /// <param name="reason">Why, as half a sentence.</param>
    public UnsupportedVolumeException(string field, string reason)
        : base($"{field}: {reason}")
    {
        Field = field;
    }

    public string Field { get; }
}
