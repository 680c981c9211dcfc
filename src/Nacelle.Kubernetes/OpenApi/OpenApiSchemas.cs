using System.Text.Json.Nodes;
using Nacelle.Kubernetes.Schema;

namespace Nacelle.Kubernetes.OpenApi;

/// <summary>Writes the types of the schema tables as OpenAPI schemas, those that are reached from the kinds that are asked for.</summary>
/// <param name="referencePrefix">What stands before a type's name in a reference, which differs between OpenAPI 2 and 3.</param>
/// <param name="version">2 or 3.</param>
internal sealed class OpenApiSchemas(string referencePrefix, int version)
{
    private readonly SortedDictionary<string, JsonObject> schemas = new(StringComparer.Ordinal);
    private readonly SchemaDescriptions descriptions = SchemaDescriptions.Read();

    /// <summary>All schemas that have been asked for, by their OpenAPI name. The receiver owns them.</summary>
    public JsonObject ToJson()
    {
        var document = new JsonObject();
        foreach ((string name, JsonObject schema) in schemas)
        {
            document[name] = schema;
        }

        return document;
    }

    /// <summary>The OpenAPI name of a kind's type, which is added with all that it is made of.</summary>
    public string Add(ObjectSchema kind)
    {
        string name = Name(kind.Type);
        Add(kind.Type);
        JsonArray kinds = (JsonArray)(schemas[name]["x-kubernetes-group-version-kind"] ??= new JsonArray());
        JsonObject added = Kind(kind.Group, kind.Version, kind.Kind);
        if (!kinds.Any(known => JsonNode.DeepEquals(known, added)))
        {
            kinds.Add((JsonNode)added);
        }

        return name;
    }

    public static JsonObject Kind(string group, string version, string kind) => new()
    {
        ["group"] = group,
        ["kind"] = kind,
        ["version"] = version,
    };

    public JsonObject Reference(string name) => new() { ["$ref"] = referencePrefix + name };

    private static string Name(SchemaType type)
    {
        int dot = type.Name.IndexOf('.', StringComparison.Ordinal);
        return type.Name[..dot] switch
        {
            "meta" => "io.k8s.apimachinery.pkg.apis.meta.v1",
            "resource" => "io.k8s.apimachinery.pkg.api.resource",
            "intstr" => "io.k8s.apimachinery.pkg.util.intstr",
            "runtime" => "io.k8s.apimachinery.pkg.runtime",
            "inspect" => "dev.nacelle.inspect.v1alpha1",
            string package => "io.k8s.api." + package + ".v1",
        } + type.Name[dot..];
    }

    private void Add(SchemaType type)
    {
        string name = Name(type);
        if (schemas.ContainsKey(name))
        {
            return;
        }

        var schema = new JsonObject();
        schemas[name] = schema;
        if (type.Kind != SchemaKind.Structure)
        {
            AddSpecial(schema, type.Kind);
            return;
        }

        Describe(schema, descriptions.Of(type));
        schema["type"] = "object";
        var properties = new JsonObject();
        foreach (SchemaField field in type.Fields)
        {
            JsonObject property = Property(field);
            Describe(property, descriptions.Of(type, field));
            properties[field.Name] = property;
        }

        if (type.Fields.Any(field => field.Required))
        {
            schema["required"] = new JsonArray([.. type.Fields.Where(field => field.Required).Select(field => (JsonNode)field.Name)]);
        }

        if (properties.Count > 0)
        {
            schema["properties"] = properties;
        }

        if (type.Atomic)
        {
            schema["x-kubernetes-map-type"] = "atomic";
        }
    }

    private static void Describe(JsonObject schema, string? description)
    {
        if (description is not null)
        {
            schema["description"] = description;
        }
    }

    private JsonObject Property(SchemaField field)
    {
        JsonObject schema = Schema(field.Type);
        if (field.Default is not null && schema.ContainsKey("type"))
        {
            schema["default"] = JsonNode.Parse(field.Default);
        }

        if (field.ListType is { } list)
        {
            schema["x-kubernetes-list-type"] = list switch { ListType.Map => "map", ListType.Set => "set", _ => "atomic" };
        }

        if (field.ListType == ListType.Map)
        {
            schema["x-kubernetes-list-map-keys"] = new JsonArray([.. field.ListKeys.Select(key => (JsonNode)key)]);
        }

        if (field.Atomic)
        {
            schema["x-kubernetes-map-type"] = "atomic";
        }

        if (!field.PatchStrategies.IsEmpty)
        {
            schema["x-kubernetes-patch-strategy"] = string.Join(',', field.PatchStrategies);
        }

        if (field.PatchMergeKey is not null)
        {
            schema["x-kubernetes-patch-merge-key"] = field.PatchMergeKey;
        }

        return schema;
    }

    private JsonObject Schema(SchemaType type)
    {
        switch (type.Kind)
        {
            case SchemaKind.Text:
                var text = new JsonObject { ["type"] = "string" };
                if (!type.Values.IsEmpty)
                {
                    text["enum"] = new JsonArray([.. type.Values.Select(value => (JsonNode)value)]);
                }

                return text;
            case SchemaKind.Flag:
                return new JsonObject { ["type"] = "boolean" };
            case SchemaKind.Number32:
                return new JsonObject { ["type"] = "integer", ["format"] = "int32" };
            case SchemaKind.Number64:
                return new JsonObject { ["type"] = "integer", ["format"] = "int64" };
            case SchemaKind.Bytes:
                return new JsonObject { ["type"] = "string", ["format"] = "byte" };
            case SchemaKind.List:
                return new JsonObject { ["type"] = "array", ["items"] = Schema(type.Element!) };
            case SchemaKind.Map:
                return new JsonObject { ["type"] = "object", ["additionalProperties"] = Schema(type.Element!) };
            default:
                Add(type);
                JsonObject reference = Reference(Name(type));
                return version == 3 ? new JsonObject { ["allOf"] = new JsonArray(reference) } : reference;
        }
    }

    private void AddSpecial(JsonObject schema, SchemaKind kind)
    {
        bool either = kind is SchemaKind.Quantity or SchemaKind.IntOrString;
        if (either && version == 3)
        {
            string other = kind == SchemaKind.Quantity ? "number" : "integer";
            schema["oneOf"] = new JsonArray(
                kind == SchemaKind.Quantity ? new JsonObject { ["type"] = "string" } : new JsonObject { ["type"] = other },
                kind == SchemaKind.Quantity ? new JsonObject { ["type"] = other } : new JsonObject { ["type"] = "string" });
        }
        else
        {
            schema["type"] = kind == SchemaKind.Raw ? "object" : "string";
        }

        if (kind is SchemaKind.Time or SchemaKind.MicroTime)
        {
            schema["format"] = "date-time";
        }
        else if (kind == SchemaKind.IntOrString)
        {
            schema["format"] = "int-or-string";
        }
    }
}
