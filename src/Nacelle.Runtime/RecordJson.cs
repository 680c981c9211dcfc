using System.Text.Json.Serialization;
using Nacelle.Runtime.Containers;
using Nacelle.Runtime.Sandboxes;

namespace Nacelle.Runtime;

/// <summary>The JSON of the records in the state directory.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SandboxRecord))]
[JsonSerializable(typeof(ContainerRecord))]
internal sealed partial class RecordJson : JsonSerializerContext;
