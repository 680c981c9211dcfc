namespace Nacelle.Kubernetes.Client;

/// <summary>A kubeconfig cannot be used; the message is one line and names the file.</summary>
public sealed class KubeconfigException(string message, Exception? inner = null) : Exception(message, inner);
