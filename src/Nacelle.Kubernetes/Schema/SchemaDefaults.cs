using System.Text.Json.Nodes;

namespace Nacelle.Kubernetes.Schema;

/// <summary>Fills in the defaults that the tables state themselves; those that depend on other fields stand with their kind.</summary>
public static class SchemaDefaults
{
    public static void Apply(JsonObject document, SchemaType type)
    {
        foreach (SchemaField field in type.Fields)
        {
            if (field.Default is not null)
            {
                SetIfEmpty(document, field);
            }

            if (document.TryGetPropertyValue(field.Name, out JsonNode? value) && value is not null)
            {
                Descend(value, field.Type);
            }
        }
    }

    private static void Descend(JsonNode value, SchemaType type)
    {
        switch (type.Kind)
        {
            case SchemaKind.Structure when value is JsonObject structure:
                Apply(structure, type);
                break;
            case SchemaKind.List when value is JsonArray list && type.Element!.Kind is SchemaKind.Structure:
                foreach (JsonObject item in list.OfType<JsonObject>())
                {
                    Apply(item, type.Element);
                }

                break;
            case SchemaKind.Map when value is JsonObject map && type.Element!.Kind is SchemaKind.Structure:
                foreach (JsonObject item in map.Select(entry => entry.Value).OfType<JsonObject>())
                {
                    Apply(item, type.Element);
                }

                break;
        }
    }

    private static void SetIfEmpty(JsonObject document, SchemaField field)
    {
        bool absent = !document.Has(field.Name) || (!field.Nullable && field.Type.Kind == SchemaKind.Text && document.Text(field.Name).Length == 0);
        if (!absent)
        {
            return;
        }

        JsonNode value = JsonNode.Parse(field.Default!)!;
        bool wouldBeLeftOut = !field.Nullable && !field.Always && value.AsText() is "";
        if (!wouldBeLeftOut)
        {
            document[field.Name] = value;
        }
    }
}
