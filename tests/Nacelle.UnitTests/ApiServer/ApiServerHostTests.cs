using System.Text.Json.Nodes;
using Xunit;

namespace Nacelle.UnitTests.ApiServer;

public sealed class ApiServerHostTests(ApiServerFixture server) : IClassFixture<ApiServerFixture>
{
    private const string Pod = """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"NAME"},"spec":{NODE"containers":[{"name":"c","image":"busybox:1.36"}]}}
        """;

    [Fact]
    public async Task Create_InAMissingNamespace_Is404OfTheNamespace()
    {
        (int code, JsonObject body) = await server.SendAsync(
            HttpMethod.Post, "/api/v1/namespaces/nosuch/configmaps", ConfigMap("a"));
        Assert.Equal(404, code);
        Assert.Equal("namespaces \"nosuch\" not found", (string?)body["message"]);
    }

    [Fact]
    public async Task List_InPieces_ShowsTheStateOfTheFirstPiece()
    {
        string ns = await server.NamespaceAsync();
        foreach (string name in (string[])["a", "b", "c"])
        {
            await server.CreateAsync($"/api/v1/namespaces/{ns}/configmaps", ConfigMap(name));
        }

        (_, JsonObject first) = await server.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/configmaps?limit=2");
        Assert.Equal(["a", "b"], Names(first));
        Assert.Equal(1, (long)first["metadata"]!["remainingItemCount"]!);
        await server.SendAsync(HttpMethod.Delete, $"/api/v1/namespaces/{ns}/configmaps/c");
        await server.CreateAsync($"/api/v1/namespaces/{ns}/configmaps", ConfigMap("d"));
        (_, JsonObject rest) = await server.SendAsync(
            HttpMethod.Get, $"/api/v1/namespaces/{ns}/configmaps?limit=2&continue={first["metadata"]!["continue"]}");
        Assert.Equal(["c"], Names(rest));
        Assert.Null(rest["metadata"]!["continue"]);
    }

    [Theory]
    [InlineData("labelSelector=app%3Dweb", "a")]
    [InlineData("labelSelector=app%21%3Dweb", "b,c")]
    [InlineData("labelSelector=app%20in%20(web,db)", "a,b")]
    [InlineData("labelSelector=%21app", "c")]
    [InlineData("fieldSelector=metadata.name%3Db", "b")]
    [InlineData("fieldSelector=metadata.name%21%3Db&labelSelector=app", "a")]
    [InlineData("labelSelector=app&limit=1", "a")]
    public async Task List_WithSelectors_GivesWhatMatches(string query, string expected)
    {
        string ns = await server.NamespaceAsync();
        foreach ((string name, string labels) in ((string, string)[])[("a", """{"app":"web"}"""), ("b", """{"app":"db"}"""), ("c", "{}")])
        {
            await server.CreateAsync($"/api/v1/namespaces/{ns}/configmaps", ConfigMap(name, labels));
        }

        (int code, JsonObject list) = await server.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/configmaps?{query}");
        Assert.Equal(200, code);
        Assert.Equal(expected.Split(','), Names(list));
    }

    [Fact]
    public async Task List_UnknownFieldSelector_Is400()
    {
        (int code, _) = await server.SendAsync(HttpMethod.Get, "/api/v1/pods?fieldSelector=spec.nosuch%3Dx");
        Assert.Equal(400, code);
    }

    [Theory]
    [InlineData("PUT", "/api/v1/namespaces/default/pods")]
    [InlineData("POST", "/api/v1/namespaces/default/pods/p")]
    [InlineData("DELETE", "/api/v1/namespaces")]
    [InlineData("POST", "/api/v1/namespaces/default/pods/p/status")]
    [InlineData("DELETE", "/api/v1/namespaces/default/pods/p/log")]
    public async Task Request_VerbThatThePathDoesNotTake_Is405WithASentence(string method, string path)
    {
        (int code, JsonObject body) = await server.SendAsync(new HttpMethod(method), path, method == "DELETE" ? null : "{}");
        Assert.Equal((405, "MethodNotAllowed"), (code, (string?)body["reason"]));
        Assert.Equal("the server does not allow this method on the requested resource", (string?)body["message"]);
    }

    [Fact]
    public async Task Create_PodWithSeveralMistakes_Is422WithACauseForEach()
    {
        string ns = await server.NamespaceAsync();
        (int code, JsonObject body) = await server.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{ns}/pods", """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"Not_A_Name"},"spec":{"shareProcessNamespace":true,"hostPID":true,
            "containers":[{"name":"c","image":"i","resources":{"limits":{"cpu":"-1"}}}]}}
            """);

        Assert.Equal((422, "Invalid"), (code, (string?)body["reason"]));
        JsonObject[] causes = [.. body["details"]!["causes"]!.AsArray().Select(cause => cause!.AsObject())];
        Assert.Equal(
            // Requests are defaulted from limits before anything is checked.
            [
                "metadata.name", "spec.containers[0].resources.limits[cpu]", "spec.containers[0].resources.requests[cpu]",
                "spec.securityContext.shareProcessNamespace",
            ],
            causes.Select(cause => (string?)cause["field"]).Distinct().Order(StringComparer.Ordinal));
        Assert.All(causes, cause => Assert.Equal("FieldValueInvalid", (string?)cause["reason"]));
    }

    [Fact]
    public async Task Create_PodThatSharesProcesses_WarnsOnceOfWhatThatExposes()
    {
        string ns = await server.NamespaceAsync();
        const string body = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"nginx"},"spec":{"shareProcessNamespace":true,"containers":[{"name":"nginx","image":"nginx:1"},
             {"name":"shell","image":"busybox:1","securityContext":{"capabilities":{"add":["SYS_PTRACE"]}}}]}}
            """;
        using var create = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/namespaces/{ns}/pods");
        create.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage created = await server.Client.SendAsync(create, TestContext.Current.CancellationToken);
        string warning = Assert.Single(created.Headers.GetValues("Warning"));
        Assert.StartsWith("299 - \"spec.shareProcessNamespace: container shell can reach environ, root, memory, descriptors of container nginx; to close it, ", warning);

        using var patch = new HttpRequestMessage(HttpMethod.Patch, $"/api/v1/namespaces/{ns}/pods/nginx");
        patch.Content = new StringContent("""{"metadata":{"labels":{"a":"b"}}}""", System.Text.Encoding.UTF8, "application/merge-patch+json");
        using HttpResponseMessage patched = await server.Client.SendAsync(patch, TestContext.Current.CancellationToken);
        Assert.True(patched.IsSuccessStatusCode);
        Assert.False(patched.Headers.Contains("Warning"));
    }

    [Theory]
    [InlineData("kind: Pod\n metadata: [", "application/yaml")]
    [InlineData("{\"kind\":", "application/json")]
    public async Task Create_BodyThatIsNoDocument_Is400(string document, string contentType)
    {
        (int code, JsonObject body) = await server.SendAsync(HttpMethod.Post, "/api/v1/namespaces/default/pods", document, contentType);
        Assert.Equal((400, "BadRequest"), (code, (string?)body["reason"]));
    }

    [Fact]
    public async Task Delete_UnscheduledPod_GoesAtOnceAndIsAnswered()
    {
        string ns = await server.NamespaceAsync();
        await server.CreateAsync($"/api/v1/namespaces/{ns}/pods", PodNamed("p"));
        (int code, JsonObject deleted) = await server.SendAsync(HttpMethod.Delete, $"/api/v1/namespaces/{ns}/pods/p");
        Assert.Equal((200, "Pod"), (code, (string?)deleted["kind"]));
        Assert.Equal(0, (long)deleted["metadata"]!["deletionGracePeriodSeconds"]!);
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/pods/p")).Code);
    }

    [Fact]
    public async Task Delete_BoundPod_IsMarkedUntilGraceZero()
    {
        string ns = await server.NamespaceAsync();
        await server.CreateAsync($"/api/v1/namespaces/{ns}/pods", PodNamed("p", "n1"));
        await server.SendAsync(HttpMethod.Delete, $"/api/v1/namespaces/{ns}/pods/p");
        (_, JsonObject marked) = await server.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/pods/p");
        Assert.Equal(30, (long)marked["metadata"]!["deletionGracePeriodSeconds"]!);
        Assert.Equal(2, (long)marked["metadata"]!["generation"]!);
        await server.SendAsync(HttpMethod.Delete, $"/api/v1/namespaces/{ns}/pods/p", """{"gracePeriodSeconds":0}""");
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/pods/p")).Code);
    }

    [Fact]
    public async Task Delete_WithAFinalizer_WaitsForItsRemoval()
    {
        string ns = await server.NamespaceAsync();
        await server.CreateAsync(
            $"/api/v1/namespaces/{ns}/configmaps", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","finalizers":["example.com/x"]}}""");
        (_, JsonObject marked) = await server.SendAsync(HttpMethod.Delete, $"/api/v1/namespaces/{ns}/configmaps/a");
        Assert.Equal("ConfigMap", (string?)marked["kind"]);
        (int code, _) = await server.SendAsync(
            HttpMethod.Patch, $"/api/v1/namespaces/{ns}/configmaps/a", """{"metadata":{"finalizers":null}}""", "application/merge-patch+json");
        Assert.Equal(200, code);
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/configmaps/a")).Code);
    }

    [Fact]
    public async Task Delete_OtherUid_Is409()
    {
        string ns = await server.NamespaceAsync();
        await server.CreateAsync($"/api/v1/namespaces/{ns}/configmaps", ConfigMap("a"));
        (int code, _) = await server.SendAsync(HttpMethod.Delete, $"/api/v1/namespaces/{ns}/configmaps/a", """{"preconditions":{"uid":"other"}}""");
        Assert.Equal(409, code);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/configmaps/a")).Code);
    }

    [Fact]
    public async Task Delete_Namespace_TakesNothingNewAndGoesWhenFinalized()
    {
        string ns = await server.NamespaceAsync();
        (_, JsonObject marked) = await server.SendAsync(HttpMethod.Delete, $"/api/v1/namespaces/{ns}");
        Assert.Equal("Terminating", (string?)marked["status"]!["phase"]);
        (int refused, JsonObject refusal) = await server.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{ns}/configmaps", ConfigMap("a"));
        Assert.Equal((403, "Forbidden"), (refused, (string?)refusal["reason"]));
        marked["spec"]!["finalizers"] = new JsonArray();
        (int code, _) = await server.SendAsync(HttpMethod.Put, $"/api/v1/namespaces/{ns}/finalize", marked.ToJsonString());
        Assert.Equal(200, code);
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}")).Code);
    }

    [Fact]
    public async Task Bind_Pod_AssignsTheNodeOnce()
    {
        string ns = await server.NamespaceAsync();
        await server.CreateAsync($"/api/v1/namespaces/{ns}/pods", PodNamed("p"));
        const string Binding = """{"apiVersion":"v1","kind":"Binding","metadata":{"name":"p"},"target":{"apiVersion":"v1","kind":"Node","name":"n1"}}""";
        Assert.Equal(201, (await server.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{ns}/pods/p/binding", Binding)).Code);
        (_, JsonObject pod) = await server.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/pods/p");
        Assert.Equal("n1", (string?)pod["spec"]!["nodeName"]);
        Assert.Contains(pod["status"]!["conditions"]!.AsArray(), c => (string?)c!["type"] == "PodScheduled" && (string?)c["status"] == "True");
        Assert.Equal(409, (await server.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{ns}/pods/p/binding", Binding)).Code);
        (_, JsonObject listed) = await server.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/pods?fieldSelector=spec.nodeName%3Dn1");
        Assert.Equal(["p"], Names(listed));
    }

    [Fact]
    public async Task Events_OfBothGroups_AreTheSameObjects()
    {
        string ns = await server.NamespaceAsync();
        await server.CreateAsync($"/api/v1/namespaces/{ns}/events", $$"""
            {"apiVersion":"v1","kind":"Event","metadata":{"name":"e","namespace":"{{ns}}"},"reason":"Started","message":"hello","type":"Normal",
             "involvedObject":{"kind":"Pod","name":"p","namespace":"{{ns}}"},"count":3}
            """);
        (_, JsonObject view) = await server.SendAsync(HttpMethod.Get, $"/apis/events.k8s.io/v1/namespaces/{ns}/events/e");
        Assert.Equal(("events.k8s.io/v1", "hello", "p"), ((string?)view["apiVersion"], (string?)view["note"], (string?)view["regarding"]!["name"]));
        (_, JsonObject listed) = await server.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/events?fieldSelector=involvedObject.name%3Dp");
        Assert.Equal(["e"], Names(listed));
    }

    [Fact]
    public async Task Watch_WithInitialEvents_EndsThemWithABookmarkAndGoesOn()
    {
        string ns = await server.NamespaceAsync();
        await server.CreateAsync($"/api/v1/namespaces/{ns}/configmaps", ConfigMap("a"));
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            $"/api/v1/namespaces/{ns}/configmaps?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=30");
        using HttpResponseMessage response = await server.Client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        Assert.Equal(("ADDED", "a"), await NextAsync(reader));
        JsonObject bookmark = JsonNode.Parse((await reader.ReadLineAsync(TestContext.Current.CancellationToken))!)!.AsObject();
        Assert.Equal("BOOKMARK", (string?)bookmark["type"]);
        Assert.Equal("true", (string?)bookmark["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]);
        await server.CreateAsync($"/api/v1/namespaces/{ns}/configmaps", ConfigMap("b"));
        Assert.Equal(("ADDED", "b"), await NextAsync(reader));
        await server.SendAsync(HttpMethod.Delete, $"/api/v1/namespaces/{ns}/configmaps/a");
        Assert.Equal(("DELETED", "a"), await NextAsync(reader));
    }

    [Fact]
    public async Task Watch_WithASelector_TellsWhatComesIntoItAndWhatLeaves()
    {
        string ns = await server.NamespaceAsync();
        JsonObject a = await server.CreateAsync($"/api/v1/namespaces/{ns}/configmaps", ConfigMap("a"));
        await LabelAsync(ns, "web");
        await LabelAsync(ns, "web", "x");
        await LabelAsync(ns, "db");
        using HttpResponseMessage response = await server.Client.GetAsync(
            new Uri($"/api/v1/namespaces/{ns}/configmaps?watch=1&labelSelector=app%3Dweb&timeoutSeconds=1&resourceVersion={a["metadata"]!["resourceVersion"]}", UriKind.Relative),
            TestContext.Current.CancellationToken);
        string[] lines = (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["ADDED", "MODIFIED", "DELETED"], lines.Select(l => (string?)JsonNode.Parse(l)!["type"]));
    }

    [Fact]
    public async Task Get_AsTable_PrintsThePod()
    {
        string ns = await server.NamespaceAsync();
        await server.CreateAsync($"/api/v1/namespaces/{ns}/pods", PodNamed("p"));
        (_, JsonObject table) = await server.SendAsync(
            HttpMethod.Get, $"/api/v1/namespaces/{ns}/pods", accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
        Assert.Equal("Table", (string?)table["kind"]);
        JsonArray cells = table["rows"]![0]!["cells"]!.AsArray();
        Assert.Equal(["p", "0/1", "Pending", "0"], cells.Take(4).Select(c => (string?)c));
        Assert.Equal(table["columnDefinitions"]!.AsArray().Count, cells.Count);
    }

    [Fact]
    public async Task Replace_StaleVersion_Is409()
    {
        string ns = await server.NamespaceAsync();
        JsonObject first = await server.CreateAsync($"/api/v1/namespaces/{ns}/configmaps", ConfigMap("a"));
        await LabelAsync(ns, "web");
        (int code, JsonObject body) = await server.SendAsync(HttpMethod.Put, $"/api/v1/namespaces/{ns}/configmaps/a", first.ToJsonString());
        Assert.Equal((409, "Conflict"), (code, (string?)body["reason"]));
    }

    [Fact]
    public async Task DryRun_Create_StoresNothing()
    {
        string ns = await server.NamespaceAsync();
        await server.CreateAsync($"/api/v1/namespaces/{ns}/configmaps?dryRun=All", ConfigMap("a"));
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{ns}/configmaps/a")).Code);
    }

    private static string ConfigMap(string name, string labels = "{}") =>
        $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}","labels":{{{labels}}}}}""";

    private static string PodNamed(string name, string node = "") =>
        Pod.Replace("NAME", name, StringComparison.Ordinal)
            .Replace("NODE", node.Length == 0 ? "" : $"\"nodeName\":\"{node}\",", StringComparison.Ordinal);

    private static string[] Names(JsonObject list) => [.. list["items"]!.AsArray().Select(i => (string)i!["metadata"]!["name"]!)];

    private static async Task<(string? Type, string? Name)> NextAsync(StreamReader reader)
    {
        JsonNode frame = JsonNode.Parse((await reader.ReadLineAsync(TestContext.Current.CancellationToken))!)!;
        return ((string?)frame["type"], (string?)frame["object"]!["metadata"]!["name"]);
    }

    private async Task LabelAsync(string ns, string app, string extra = "")
    {
        string patch = $$$$"""{"metadata":{"labels":{"app":"{{{{app}}}}","extra":"{{{{extra}}}}"}}}""";
        (int code, _) = await server.SendAsync(HttpMethod.Patch, $"/api/v1/namespaces/{ns}/configmaps/a", patch, "application/merge-patch+json");
        Assert.Equal(200, code);
    }
}
