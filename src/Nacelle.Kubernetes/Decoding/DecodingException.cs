namespace Nacelle.Kubernetes.Decoding;

/// <summary>The bytes are not a document of the kind; the message is the part of the API's answer after the last colon of its preamble.</summary>
public sealed class DecodingException(string message) : Exception(message);
