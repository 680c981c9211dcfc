using System.Text.Json.Serialization;

namespace Nacelle.Runtime.Images.State;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StoredImage))]
[JsonSerializable(typeof(StoredReferences))]
internal sealed partial class StateJson : JsonSerializerContext;
