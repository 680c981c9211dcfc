namespace Nacelle.ApiServer.Endpoints;

/// <summary>The client took its request back while it was being read: nobody waits for an answer, and nothing is wrong here.</summary>
internal sealed class ClientLeftException(Exception inner) : OperationCanceledException("the client left before its request was read", inner);
