using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using k8s.Models;

namespace Nacelle.Kubernetes.Client;

/// <summary>JSON of the typed models, without reflection.</summary>
public static class KubernetesJson
{
    private static readonly JsonSerializerOptions Options = Build();

    /// <summary>The contract of one of the types that <see cref="ResourceKinds"/> uses.</summary>
    /// <exception cref="NotSupportedException">The type is not part of the context.</exception>
    public static JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    /// <summary>The object as UTF-8 JSON.</summary>
    public static byte[] Serialize<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, TypeInfo<T>());

    /// <summary>Reads an object from JSON text.</summary>
    /// <exception cref="JsonException">The text is not JSON of that type.</exception>
    public static T Deserialize<T>(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize(utf8, TypeInfo<T>()) ?? throw new JsonException("null where an object was expected");

    private static JsonSerializerOptions Build() => new(KubernetesJsonContext.Default.Options)
    {
        TypeInfoResolver = KubernetesJsonContext.Default.WithAddedModifier(UseMicroTime),
    };

    /// <summary>The model has one .NET type for Time and MicroTime, so the few fields of the latter are named here.</summary>
    private static void UseMicroTime(JsonTypeInfo type)
    {
        if (type.Type != typeof(V1LeaseSpec) && type.Type != typeof(Corev1Event) && type.Type != typeof(Corev1EventSeries))
        {
            return;
        }

        foreach (var property in type.Properties)
        {
            if (property.Name is "renewTime" or "acquireTime" or "eventTime" or "lastObservedTime")
            {
                property.CustomConverter = new MicroTimeConverter();
            }
        }
    }
}
