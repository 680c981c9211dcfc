using System.Text.Json.Serialization;

namespace Nacelle.Runtime.Networking;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(PodLease))]
internal sealed partial class PodLeaseJson : JsonSerializerContext;
