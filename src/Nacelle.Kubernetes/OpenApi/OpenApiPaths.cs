using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes.Discovery;
using Nacelle.Kubernetes.Schema;

namespace Nacelle.Kubernetes.OpenApi;

/// <summary>Writes the paths of a kind with their operations. Clients look there for the kind behind a path and for query parameters.</summary>
internal sealed class OpenApiPaths(OpenApiSchemas schemas, int version)
{
    private static readonly string[] PatchTypes =
    [
        "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json",
    ];

    public void Add(JsonObject paths, ApiResource resource)
    {
        string root = "/" + resource.Root;
        string collection = root + (resource.Namespaced ? "/namespaces/{namespace}/" : "/") + resource.Plural;

        // One without a kind has subresources only.
        if (resource.Kind.Length > 0)
        {
            ObjectSchema schema = ObjectSchema.Get(resource.Group, resource.Version, resource.Kind);
            AddPath(paths, collection, schema, Collection(resource));
            if (resource.Namespaced && resource.Verbs.Contains("list"))
            {
                AddPath(paths, $"{root}/{resource.Plural}", schema, [("get", "list")]);
            }

            AddPath(paths, collection + "/{name}", schema, Item(resource));
            AddList(schema);
            foreach (ApiSubresource view in resource.Subresources.Where(sub => sub.IsView))
            {
                AddPath(paths, collection + "/{name}/" + view.Name, schema, [("get", "get"), ("put", "put"), ("patch", "patch")]);
            }
        }

        foreach (ApiSubresource action in resource.Subresources.Where(sub => !sub.IsView))
        {
            // Most of the core group give what no schema describes.
            if (ObjectSchema.Find(action.Group ?? resource.Group, action.Version ?? resource.Version, action.Kind) is { } schema)
            {
                AddPath(paths, collection + "/{name}/" + action.Name, schema, Offered(action.Verbs, ("get", "get", "get"), ("post", "post", "create")), action.Parameters);
                AddList(schema);
            }
        }
    }

    private void AddList(ObjectSchema schema)
    {
        if (ObjectSchema.Find(schema.Group, schema.Version, schema.Kind + "List") is { } list)
        {
            schemas.Add(list);
        }
    }

    private static List<(string Method, string Action)> Collection(ApiResource resource) =>
        Offered(resource.Verbs, ("get", "list", "list"), ("post", "post", "create"), ("delete", "deletecollection", "deletecollection"));

    private static List<(string Method, string Action)> Item(ApiResource resource) =>
        Offered(resource.Verbs, ("get", "get", "get"), ("put", "put", "update"), ("patch", "patch", "patch"), ("delete", "delete", "delete"));

    private static List<(string Method, string Action)> Offered(ImmutableArray<string> verbs, params (string Method, string Action, string Verb)[] all) =>
        [.. all.Where(one => verbs.Contains(one.Verb)).Select(one => (one.Method, one.Action))];

    private void AddPath(
        JsonObject paths, string path, ObjectSchema schema, List<(string Method, string Action)> operations, ImmutableArray<ApiParameter> query = default)
    {
        string body = schemas.Add(schema);
        if (operations.Count == 0)
        {
            return;
        }

        var item = new JsonObject();
        foreach ((string method, string action) in operations)
        {
            item[method] = Operation(path, schema, body, method, action);
        }

        var parameters = new JsonArray();
        foreach (string name in (string[])["name", "namespace"])
        {
            if (path.Contains("{" + name + "}", StringComparison.Ordinal))
            {
                parameters.Add((JsonNode)Parameter(name, "path", "string"));
            }
        }

        foreach (ApiParameter one in query.IsDefault ? [] : query)
        {
            JsonObject parameter = Parameter(one.Name, "query", one.Type);
            parameter["description"] = one.Description;
            parameters.Add((JsonNode)parameter);
        }

        item["parameters"] = parameters;
        paths[path] = item;
    }

    private JsonObject Operation(string path, ObjectSchema schema, string body, string method, string action)
    {
        var operation = new JsonObject
        {
            ["operationId"] = method + path.Replace('/', '_').Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal),
            ["parameters"] = Parameters(method, action, body),
            ["responses"] = new JsonObject { ["200"] = Response(body) },
            ["x-kubernetes-action"] = action,
            ["x-kubernetes-group-version-kind"] = OpenApiSchemas.Kind(schema.Group, schema.Version, schema.Kind),
        };
        if (version == 3 && method is "post" or "put" or "patch")
        {
            operation["requestBody"] = RequestBody(method, body);
        }

        return operation;
    }

    private JsonArray Parameters(string method, string action, string body)
    {
        var parameters = new JsonArray();
        if (method is "post" or "put" or "patch")
        {
            foreach (string name in (string[])["dryRun", "fieldManager", "fieldValidation"])
            {
                parameters.Add((JsonNode)Parameter(name, "query", "string"));
            }
        }

        if (action == "list")
        {
            foreach (string name in (string[])["continue", "fieldSelector", "labelSelector", "resourceVersion", "resourceVersionMatch"])
            {
                parameters.Add((JsonNode)Parameter(name, "query", "string"));
            }

            parameters.Add((JsonNode)Parameter("limit", "query", "integer"));
            parameters.Add((JsonNode)Parameter("watch", "query", "boolean"));
        }

        if (version == 2 && method is "post" or "put" or "patch")
        {
            parameters.Add((JsonNode)new JsonObject
            {
                ["name"] = "body",
                ["in"] = "body",
                ["required"] = true,
                ["schema"] = method == "patch" ? new JsonObject { ["type"] = "object" } : schemas.Reference(body),
            });
        }

        return parameters;
    }

    private JsonObject Parameter(string name, string place, string type)
    {
        var parameter = new JsonObject { ["name"] = name, ["in"] = place };
        if (place == "path")
        {
            parameter["required"] = true;
        }

        if (version == 3)
        {
            parameter["schema"] = new JsonObject { ["type"] = type, ["uniqueItems"] = true };
        }
        else
        {
            parameter["type"] = type;
            parameter["uniqueItems"] = true;
        }

        return parameter;
    }

    private JsonObject Response(string body) => version == 3
        ? new JsonObject { ["description"] = "OK", ["content"] = Content(schemas.Reference(body), "application/json", "application/yaml") }
        : new JsonObject { ["description"] = "OK", ["schema"] = schemas.Reference(body) };

    private JsonObject RequestBody(string method, string body) => new()
    {
        ["content"] = method == "patch" ? Content(new JsonObject { ["type"] = "object" }, PatchTypes) : Content(schemas.Reference(body), "*/*"),
        ["required"] = true,
    };

    private static JsonObject Content(JsonObject schema, params string[] mediaTypes)
    {
        var content = new JsonObject();
        foreach (string mediaType in mediaTypes)
        {
            content[mediaType] = new JsonObject { ["schema"] = schema.DeepClone() };
        }

        return content;
    }
}
