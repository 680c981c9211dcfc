namespace Nacelle.Runtime.Streaming;

/// <summary>Too many URLs wait for their client (CRI answers ResourceExhausted).</summary>
public sealed class StreamingBusyException() : Exception("maximum number of in-flight requests exceeded");
