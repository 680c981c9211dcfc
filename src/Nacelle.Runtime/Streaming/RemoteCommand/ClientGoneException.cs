namespace Nacelle.Runtime.Streaming.RemoteCommand;

/// <summary>Output could not be delivered; kept apart from a failure of the container's side.</summary>
internal sealed class ClientGoneException(Exception inner) : IOException("the client is gone", inner);
