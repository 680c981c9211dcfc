namespace Nacelle.Kubelet.Volumes;

/// <param name="Content">The file's bytes.</param>
/// <param name="Mode">Permission bits, 0 to 0777 octal.</param>
internal readonly record struct VolumeFile(ReadOnlyMemory<byte> Content, int Mode);
