namespace Nacelle.Kubernetes.Decoding;

/// <summary>How the body of a request is written.</summary>
public enum BodyFormat
{
    Json,
    Yaml,
}
