namespace Nacelle.Runtime.Networking;

/// <summary>A Pod's network could not be made, for a reason that the message tells in one sentence.</summary>
public sealed class PodNetworkException(string message, Exception? inner = null) : Exception(message, inner);
