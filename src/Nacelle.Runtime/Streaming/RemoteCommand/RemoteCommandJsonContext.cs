using System.Text.Json.Serialization;

namespace Nacelle.Runtime.Streaming.RemoteCommand;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(RemoteCommandStatus))]
[JsonSerializable(typeof(TerminalSizeMessage))]
internal sealed partial class RemoteCommandJsonContext : JsonSerializerContext;
