using System.Text.Json.Serialization;
using Nacelle.Runtime.Oci.Spec;

namespace Nacelle.Runtime.Oci;

/// <summary>The JSON of OCI's documents.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OciConfig))]
[JsonSerializable(typeof(OciProcess))]
internal sealed partial class BundleJson : JsonSerializerContext;
