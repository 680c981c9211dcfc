using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nacelle.Runtime.Images.Oci;

/// <summary>
/// Reads the documents of images. Names match without regard to case: the manifest's are camelCase, the configuration's
/// execution part is PascalCase, and some old builders mix them.
/// </summary>
[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(OciManifest))]
[JsonSerializable(typeof(OciImageDocument))]
[JsonSerializable(typeof(TokenAnswer))]
internal sealed partial class OciJson : JsonSerializerContext
{
    /// <summary>Parses one document; <paramref name="what"/> names it in the error.</summary>
    /// <exception cref="ImageException">It isn't that kind of JSON document.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, string what)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type)
                ?? throw new ImageException(ImageError.Corrupt, $"{what} is null");
        }
        catch (JsonException e)
        {
            throw new ImageException(ImageError.Corrupt, $"{what} is malformed: {e.Message}", e);
        }
    }
}
