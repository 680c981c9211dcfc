namespace Nacelle.Kubelet;

/// <summary>The kubelet cannot start; the message is one line for the user.</summary>
public sealed class KubeletStartException(string message, Exception? inner = null) : Exception(message, inner);
