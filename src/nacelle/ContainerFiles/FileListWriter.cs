using System.Text.Json;

using Nacelle.Inspect.Files;
using Nacelle.Kubernetes.Inspection;

namespace Nacelle.ContainerFiles;

/// <summary>Files on standard output as one <c>PodFileList</c> document, the same members as the API answers; written as they come.</summary>
internal sealed class FileListWriter : IDisposable
{
    private readonly Stream output = Console.OpenStandardOutput();
    private readonly Utf8JsonWriter json;

    public FileListWriter()
    {
        json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("kind", "PodFileList");
        json.WriteString("apiVersion", InspectGroup.ApiVersion);
        json.WriteStartArray("items");
    }

    public void Write(IReadOnlyCollection<FileEntry> entries)
    {
        foreach (var entry in entries)
        {
            json.WriteStartObject();
            FileEntryJson.WriteMembers(json, entry);
            json.WriteEndObject();
        }

        json.Flush();
    }

    public void Dispose()
    {
        json.WriteEndArray();
        json.WriteEndObject();
        json.Dispose();
        output.WriteByte((byte)'\n');
        output.Dispose();
    }
}
