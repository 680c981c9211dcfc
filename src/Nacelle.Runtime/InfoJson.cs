using System.Text;
using System.Text.Json;

namespace Nacelle.Runtime;

/// <summary>Small JSON objects for the <c>info</c> maps of CRI's verbose answers.</summary>
internal static class InfoJson
{
    public static string Write(Action<Utf8JsonWriter> properties)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            properties(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
