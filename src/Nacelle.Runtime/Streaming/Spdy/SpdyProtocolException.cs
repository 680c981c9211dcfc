namespace Nacelle.Runtime.Streaming.Spdy;

/// <summary>The peer broke the protocol; the connection can't go on.</summary>
internal sealed class SpdyProtocolException(string message) : IOException(message);
