using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Nacelle.ApiServer.Resources;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Inspection;
using Nacelle.Kubernetes.OpenApi;
using Xunit;

namespace Nacelle.UnitTests.Kubernetes.OpenApi;

public sealed class OpenApiDocumentsTests
{
    private const string GroupPath = "apis/inspect.nacelle.dev/v1alpha1";
    private const string Status = "dev.nacelle.inspect.v1alpha1.ProcessStatus";

    private static readonly OpenApiDocuments Everything = new("v1.36.0", ResourceRegistry.Served);
    private static readonly OpenApiDocuments GroupAlone = new("v1.36.0", InspectGroup.Resources);

    [Fact]
    public void Version3_OwnKinds_CarryDescriptions()
    {
        JsonNode schemas = Parse(Everything.Version3(GroupPath)!)["components"]!["schemas"]!;

        Assert.StartsWith("A process of a running Pod", (string?)schemas["dev.nacelle.inspect.v1alpha1.Process"]!["description"]);
        Assert.Equal("PID that the node sees, 1 or more.", (string?)schemas[Status]!["properties"]!["hostPID"]!["description"]);
        Assert.StartsWith("What was seen", (string?)schemas["dev.nacelle.inspect.v1alpha1.Process"]!["properties"]!["status"]!["description"]);
    }

    [Fact]
    public void Version2_OwnKinds_CarryDescriptionsAndKubernetesKindsNone()
    {
        JsonNode definitions = Parse(Everything.Version2())["definitions"]!;

        Assert.Equal("PID that the node sees, 1 or more.", (string?)definitions[Status]!["properties"]!["hostPID"]!["description"]);
        Assert.All(
            definitions.AsObject().Where(entry => !entry.Key.StartsWith("dev.nacelle.", StringComparison.Ordinal)),
            entry => Assert.DoesNotContain("\"description\":\"", entry.Value!.ToJsonString()));
    }

    [Fact]
    public void Version3_GroupAlone_IsThatOfEverything()
    {
        Assert.Equal([GroupPath], GroupAlone.GroupVersions);
        Assert.Equal(Everything.Version3(GroupPath), GroupAlone.Version3(GroupPath));
        Assert.Equal(
            (string?)Parse(Everything.Index())["paths"]![GroupPath]!["serverRelativeURL"], (string?)Parse(GroupAlone.Index())["paths"]![GroupPath]!["serverRelativeURL"]);
        Assert.Null(GroupAlone.Version3("api/v1"));
    }

    [Fact]
    public void Version2_GroupAlone_HasItsPathsAndNoOthers()
    {
        JsonObject paths = Parse(GroupAlone.Version2())["paths"]!.AsObject();
        Assert.NotEmpty(paths);
        Assert.All(paths, path => Assert.StartsWith("/" + GroupPath + "/", path.Key));
    }

    [Fact]
    public void Paths_Subresources_AreThereWithWhatTheyTake()
    {
        JsonNode paths = Parse(GroupAlone.Version3(GroupPath)!)["paths"]!;
        string pod = $"/{GroupPath}/namespaces/{{namespace}}/pods/{{name}}";

        Assert.Equal("ProcessSignal", Kind(paths[$"/{GroupPath}/namespaces/{{namespace}}/processes/{{name}}/signal"]!["post"]!));
        Assert.Equal("PodExposure", Kind(paths[pod + "/exposure"]!["get"]!));
        Assert.Equal("PodFile", Kind(paths[pod + "/files"]!["get"]!));
        Assert.Contains(paths[pod + "/files"]!["parameters"]!.AsArray(), p => (string?)p!["name"] == "rawPath" && (string?)p["in"] == "query");
        Assert.Null(paths[pod]);
    }

    [Fact]
    public void Documents_EachReference_LeadsToASchema()
    {
        foreach (string path in Everything.GroupVersions)
        {
            Resolve(Parse(Everything.Version3(path)!));
        }

        Resolve(Parse(Everything.Version2()));
        Resolve(Parse(GroupAlone.Version2()));
    }

    [Theory]
    [InlineData("GET", 404, "v3", "apis", "nobody", "v1")]
    [InlineData("GET", 404, "v4")]
    [InlineData("POST", 405, "v2")]
    public async Task Endpoint_NoDocument_IsRefused(string method, int code, params string[] path)
    {
        var http = new DefaultHttpContext { Request = { Method = method } };

        Assert.Equal(code, (await Assert.ThrowsAsync<ApiStatusException>(() => OpenApiEndpoint.HandleAsync(http, GroupAlone, path))).Status.Code);
    }

    [Fact]
    public async Task Endpoint_DocumentThatTheClientHas_IsNotSentAgain()
    {
        var first = new DefaultHttpContext { Request = { Method = "GET" } };
        await OpenApiEndpoint.HandleAsync(first, GroupAlone, ["v2"]);
        using var body = new MemoryStream();
        var second = new DefaultHttpContext { Request = { Method = "GET" }, Response = { Body = body } };
        second.Request.Headers.IfNoneMatch = first.Response.Headers.ETag;
        await OpenApiEndpoint.HandleAsync(second, GroupAlone, ["v2"]);

        Assert.Equal((304, 0), (second.Response.StatusCode, body.Length));
    }

    private static JsonNode Parse(byte[] document) => JsonNode.Parse(document)!;

    private static string? Kind(JsonNode operation) => (string?)operation["x-kubernetes-group-version-kind"]!["kind"];

    private static void Resolve(JsonNode document)
    {
        var waiting = new Stack<JsonNode>([document]);
        while (waiting.TryPop(out JsonNode? node))
        {
            foreach (JsonNode? child in node is JsonObject item ? item.Select(entry => entry.Value) : node is JsonArray list ? list : [])
            {
                if (child is not null)
                {
                    waiting.Push(child);
                }
            }

            if (node is JsonObject reference && reference["$ref"] is JsonValue value)
            {
                Assert.NotNull(((string)value!)[2..].Split('/').Aggregate(document, (at, name) => at?[name]!));
            }
        }
    }
}
