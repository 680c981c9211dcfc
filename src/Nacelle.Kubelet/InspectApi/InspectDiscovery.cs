using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Inspection;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>What an API server that aggregates the group asks for first.</summary>
internal static class InspectDiscovery
{
    public static Task GroupsAsync(HttpContext http) => AnswerAsync(http, new JsonObject
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray(Group()),
    });

    public static Task GroupAsync(HttpContext http)
    {
        var group = Group();
        group.Insert(0, "kind", "APIGroup");
        group.Insert(1, "apiVersion", "v1");
        return AnswerAsync(http, group);
    }

    public static Task ResourcesAsync(HttpContext http)
    {
        var resources = new JsonArray();
        foreach (var resource in InspectGroup.Resources)
        {
            if (resource.Kind.Length > 0)
            {
                resources.Add((JsonNode)new JsonObject
                {
                    ["name"] = resource.Plural,
                    ["singularName"] = resource.Singular,
                    ["namespaced"] = true,
                    ["kind"] = resource.Kind,
                    ["verbs"] = Texts(resource.Verbs),
                    ["shortNames"] = Texts(resource.ShortNames),
                });
            }

            foreach (var sub in resource.Subresources)
            {
                resources.Add((JsonNode)new JsonObject
                {
                    ["name"] = $"{resource.Plural}/{sub.Name}",
                    ["singularName"] = "",
                    ["namespaced"] = true,
                    ["kind"] = sub.Kind,
                    ["verbs"] = Texts(sub.Verbs),
                });
            }
        }

        return AnswerAsync(http, new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = InspectGroup.ApiVersion,
            ["resources"] = resources,
        });
    }

    private static Task AnswerAsync(HttpContext http, JsonObject document) => HttpMethods.IsGet(http.Request.Method)
        ? InspectEndpoints.WriteAsync(http, StatusCodes.Status200OK, document)
        : throw ApiStatusException.MethodNotAllowed();

    private static JsonObject Group()
    {
        static JsonObject Version() => new() { ["groupVersion"] = InspectGroup.ApiVersion, ["version"] = InspectGroup.Version };
        return new JsonObject { ["name"] = InspectGroup.Name, ["versions"] = new JsonArray(Version()), ["preferredVersion"] = Version() };
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)JsonValue.Create(t))]);
}
