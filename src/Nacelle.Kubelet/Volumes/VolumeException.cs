namespace Nacelle.Kubelet.Volumes;

/// <summary>
/// A volume could not be set up now; the Pod waits and the kubelet tries again. The message is the text of the event
/// <see cref="EventReason"/>, as the real kubelet writes it.
/// </summary>
public sealed class VolumeException : Exception
{
    /// <summary>The event's reason.</summary>
    public const string EventReason = "FailedMount";

    /// <param name="volumeName">The volume in the Pod's spec.</param>
    /// <param name="cause">What went wrong, in the kubelet's words.</param>
    public VolumeException(string volumeName, string cause, Exception? inner = null)
        : base($"MountVolume.SetUp failed for volume \"{volumeName}\" : {cause}", inner)
    {
        VolumeName = volumeName;
        Cause = cause;
    }

    public string VolumeName { get; }

    /// <summary>The part of the message after the volume's name.</summary>
    public string Cause { get; }
}
