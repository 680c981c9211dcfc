namespace Nacelle.ApiServer.Endpoints;

/// <summary>The shape in which a client asked for an answer.</summary>
internal enum Transformation
{
    None,
    Table,
    PartialObjectMetadata,
    PartialObjectMetadataList,
}

/// <summary>How an answer is written, as negotiated from <c>Accept</c>.</summary>
/// <param name="Yaml">YAML instead of JSON.</param>
/// <param name="Transformation">A <c>meta.k8s.io</c> view of the object instead of itself.</param>
/// <param name="MetaVersion">Version of that view: <c>v1</c> or <c>v1beta1</c>.</param>
internal sealed record Representation(bool Yaml = false, Transformation Transformation = Transformation.None, string MetaVersion = "v1")
{
    public static Representation Json { get; } = new();

    public string ContentType => Yaml ? "application/yaml" : "application/json";
}
