namespace Nacelle.Kubelet.Environments;

/// <summary>
/// A container cannot be configured yet: it waits with reason <c>CreateContainerConfigError</c> and this message, and an event
/// <c>Failed</c> with <c>Error: </c> before it.
/// </summary>
public sealed class ContainerConfigException(string message) : Exception(message);
