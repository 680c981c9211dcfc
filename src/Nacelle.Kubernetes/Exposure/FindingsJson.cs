using System.Text.Json;

namespace Nacelle.Kubernetes.Exposure;

/// <summary>Findings as JSON: an array, one object for each observer, target and access.</summary>
public static class FindingsJson
{
    public static void Write(Utf8JsonWriter writer, IEnumerable<ExposureFinding> findings)
    {
        writer.WriteStartArray();
        foreach (ExposureFinding finding in findings)
        {
            Write(writer, finding);
        }

        writer.WriteEndArray();
    }

    /// <summary>Reads what <see cref="Write(Utf8JsonWriter, IEnumerable{ExposureFinding})"/> wrote.</summary>
    /// <exception cref="JsonException">A field is missing or has another type.</exception>
    public static IReadOnlyList<ExposureFinding> Read(JsonElement array)
    {
        try
        {
            return [.. array.EnumerateArray().Select(ReadOne)];
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException)
        {
            throw new JsonException($"no array of findings: {e.Message}", e);
        }
    }

    private static void Write(Utf8JsonWriter writer, ExposureFinding finding)
    {
        writer.WriteStartObject();
        writer.WriteString("pod", finding.Pod);
        writer.WriteString("observer", finding.Observer);
        writer.WriteString("target", finding.Target);
        writer.WriteString("access", Words.Of(finding.Access));
        writer.WriteString("allowed", Words.Of(finding.Allowed));
        writer.WriteString("steps", finding.Steps);
        if (finding.Verified is { } verified)
        {
            writer.WriteBoolean("verified", verified);
        }
        else
        {
            writer.WriteNull("verified");
        }

        writer.WriteString("level", Words.Of(finding.Level));
        writer.WriteString("rule", finding.Rule);
        writer.WriteStartArray("exposes");
        foreach (string name in finding.Exposes)
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
        writer.WriteString("remedy", finding.Remedy);
        writer.WriteString("note", finding.Note);
        writer.WriteEndObject();
    }

    private static ExposureFinding ReadOne(JsonElement json) => new()
    {
        Pod = Text(json, "pod"),
        Observer = Text(json, "observer"),
        Target = Text(json, "target"),
        Access = Words.AccessOf(Text(json, "access")) ?? throw new JsonException("access: unknown word"),
        Allowed = Words.AllowedOf(Text(json, "allowed")) ?? throw new JsonException("allowed: unknown word"),
        Steps = Text(json, "steps"),
        Verified = json.GetProperty("verified") is { ValueKind: JsonValueKind.True or JsonValueKind.False } verified ? verified.GetBoolean() : null,
        Level = Words.Level(Text(json, "level")) ?? throw new JsonException("level: unknown word"),
        Rule = Text(json, "rule"),
        Exposes = [.. json.GetProperty("exposes").EnumerateArray().Select(name => name.GetString() ?? "")],
        Remedy = Text(json, "remedy"),
        Note = Text(json, "note"),
    };

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? "";
}
