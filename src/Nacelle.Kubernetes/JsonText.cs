using System.Text.Encodings.Web;
using System.Text.Json;

namespace Nacelle.Kubernetes;

/// <summary>The one way documents are written as text: compact, and escaping no more than JSON asks for.</summary>
public static class JsonText
{
    /// <summary>For <c>JsonNode.ToJsonString</c>; needs no type information as nodes write themselves.</summary>
    public static JsonSerializerOptions Compact { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>For a <see cref="Utf8JsonWriter"/>.</summary>
    public static JsonWriterOptions Writer { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
}
