namespace Nacelle.Inspect.Exposure;

/// <summary>The probe could not become the observer; the message says at which step.</summary>
internal sealed class ProbeException(string message) : Exception(message);
