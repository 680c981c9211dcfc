namespace Nacelle.Kubernetes.Exposure;

/// <summary>A manifest can't be audited; the message names the document and the field, in one line.</summary>
public sealed class ManifestException(string message) : Exception(message);
