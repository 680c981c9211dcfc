using System.Text.Json;
using System.Text.Json.Serialization;
using k8s.Models;

namespace Nacelle.Kubernetes.Client;

[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.Strict,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    Converters = [typeof(TimeConverter)])]
[JsonSerializable(typeof(ApiList<V1Pod>))]
[JsonSerializable(typeof(ApiList<V1Node>))]
[JsonSerializable(typeof(ApiList<V1Namespace>))]
[JsonSerializable(typeof(ApiList<V1ConfigMap>))]
[JsonSerializable(typeof(ApiList<V1Secret>))]
[JsonSerializable(typeof(ApiList<V1ServiceAccount>))]
[JsonSerializable(typeof(ApiList<V1Service>))]
[JsonSerializable(typeof(ApiList<Corev1Event>))]
[JsonSerializable(typeof(ApiList<V1Lease>))]
[JsonSerializable(typeof(V1Binding))]
[JsonSerializable(typeof(V1DeleteOptions))]
[JsonSerializable(typeof(WatchFrame))]
[JsonSerializable(typeof(StatusFrame))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class KubernetesJsonContext : JsonSerializerContext;
