using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes.Decoding;
using Nacelle.Kubernetes.Schema;

namespace Nacelle.Kubernetes.Exposure;

/// <summary>Finds the Pods and Pod templates of a manifest. Each is decoded strictly; other kinds are passed over.</summary>
public static class ManifestPods
{
    /// <param name="text">YAML of several documents, or JSON.</param>
    /// <exception cref="ManifestException">Not YAML, a field is unknown or of a wrong type, or there is nothing to audit.</exception>
    public static IReadOnlyList<PodFacts> Read(string text)
    {
        List<PodFacts> pods = [];
        int number = 0;
        foreach (string document in ManifestText.Documents(text))
        {
            string place = $"document {++number}";
            Add(pods, Parse(document, place), place);
        }

        return pods.Count > 0 ? pods : throw new ManifestException("no Pod and no Pod template in it");
    }

    private static JsonNode? Parse(string document, string place)
    {
        if (document.AsSpan().TrimStart() is ['{', ..] && Json(document) is { } whole)
        {
            return whole;
        }

        try
        {
            (byte[] json, IReadOnlyList<string> duplicates) = RequestBody.FromYaml(Encoding.UTF8.GetBytes(document));
            return duplicates.Count == 0 ? JsonNode.Parse(json) : throw new ManifestException($"{place}: yaml: {duplicates[0]}");
        }
        catch (DecodingException fault)
        {
            throw new ManifestException($"{place}: {fault.Message}");
        }
    }

    /// <summary>JSON may be indented by tabs, which YAML does not take. Null where it is YAML's own flow style.</summary>
    private static JsonNode? Json(string document)
    {
        try
        {
            return JsonNode.Parse(document);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Add(List<PodFacts> pods, JsonNode? node, string place)
    {
        if (node is not JsonObject document)
        {
            throw new ManifestException($"{place}: not an object");
        }

        string apiVersion = Required(document, "apiVersion", place);
        string kind = Required(document, "kind", place);
        if ((apiVersion, kind) == ("v1", "List"))
        {
            int index = 0;
            foreach (JsonNode? item in document.List("items") ?? [])
            {
                Add(pods, item, $"{place}, items[{index++}]");
            }

            return;
        }

        if (ManifestKind.All.FirstOrDefault(known => known.Kind == kind) is not { } found)
        {
            return;
        }

        place = $"{place} ({kind} {NameOf(document)})";
        if (found.ApiVersion != apiVersion)
        {
            throw new ManifestException($"{place}: apiVersion: {apiVersion} is not supported, {found.ApiVersion} is");
        }

        JsonObject spec = Spec(document, found, place);
        if (PodSpecFaults.First(spec) is { } fault)
        {
            throw new ManifestException($"{place}: {string.Join('.', found.Template.Append(fault))}");
        }

        pods.Add(PodFactsReader.Read(kind == "Pod" ? NameOf(document) : $"{kind}/{NameOf(document)}", spec));
    }

    private static JsonObject Spec(JsonObject document, ManifestKind kind, string place)
    {
        string path = string.Join('.', kind.Template);
        JsonNode? part = document;
        foreach (string name in kind.Template)
        {
            part = part is JsonObject structure ? structure[name] : null;
        }

        if (part is not JsonObject)
        {
            throw new ManifestException($"{place}: {path}: Required value");
        }

        try
        {
            SchemaType type = SchemaTables.Default.Type(kind.Template.IsEmpty ? "core.Pod" : "core.PodTemplateSpec");
            DecodedDocument decoded = ObjectDecoder.Decode(ObjectDecoder.ToUtf8(part), type);
            string prefix = path.Length == 0 ? "" : path + ".";
            return decoded.StrictErrors.Count == 0
                ? decoded.Document.Child("spec") ?? []
                : throw new ManifestException($"{place}: {decoded.StrictErrors[0].Replace("field \"", "field \"" + prefix, StringComparison.Ordinal)}");
        }
        catch (DecodingException fault)
        {
            throw new ManifestException($"{place}: {TypeFaults.Word(fault.Message, path)}");
        }
    }

    private static string Required(JsonObject document, string field, string place) =>
        document.Text(field) is { Length: > 0 } text ? text : throw new ManifestException($"{place}: {field}: Required value");

    private static string NameOf(JsonObject document) =>
        document.Child("metadata") is { } metadata && metadata.Text("name") is { Length: > 0 } name ? name
        : document.Child("metadata").Text("generateName") is { Length: > 0 } generated ? generated : "without a name";
}
