using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Nacelle.Kubelet.InspectApi;
using Nacelle.Kubernetes.Errors;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.InspectApi;

public sealed class InspectDiscoveryTests
{
    [Fact]
    public async Task Resources_Processes_AreNamedWithTheirVerbs()
    {
        var list = await ReadAsync(InspectDiscovery.ResourcesAsync);

        var processes = list["resources"]!.AsArray().Single(r => (string?)r!["name"] == "processes")!;
        Assert.Equal("inspect.nacelle.dev/v1alpha1", (string?)list["groupVersion"]);
        Assert.Equal("Process", (string?)processes["kind"]);
        Assert.True((bool)processes["namespaced"]!);
        Assert.Equal(["delete", "get", "list", "watch"], processes["verbs"]!.AsArray().Select(v => (string?)v));
        Assert.Equal(["proc", "ps"], processes["shortNames"]!.AsArray().Select(v => (string?)v));
        Assert.Null(processes["categories"]);
    }

    [Fact]
    public async Task Resources_Signal_CanBeCreatedOnly()
    {
        var list = await ReadAsync(InspectDiscovery.ResourcesAsync);

        Assert.Equal(
            ["create"], list["resources"]!.AsArray().Single(r => (string?)r!["name"] == "processes/signal")!["verbs"]!.AsArray().Select(v => (string?)v));
    }

    /// <summary>A namespace's emptying, garbage collection and <c>kubectl get pods</c> must not find a second resource "pods" that they could use.</summary>
    [Fact]
    public async Task Resources_Pods_HaveSubresourcesOnly()
    {
        var list = await ReadAsync(InspectDiscovery.ResourcesAsync);

        Assert.DoesNotContain(list["resources"]!.AsArray(), r => (string?)r!["name"] == "pods");
    }

    [Fact]
    public async Task Group_NamesItsVersion()
    {
        var group = await ReadAsync(InspectDiscovery.GroupAsync);

        Assert.Equal("APIGroup", (string?)group["kind"]);
        Assert.Equal("inspect.nacelle.dev/v1alpha1", (string?)group["preferredVersion"]!["groupVersion"]);
    }

    [Fact]
    public async Task Groups_ListTheGroup()
    {
        var list = await ReadAsync(InspectDiscovery.GroupsAsync);

        Assert.Equal("inspect.nacelle.dev", (string?)Assert.Single(list["groups"]!.AsArray())!["name"]);
    }

    [Fact]
    public async Task Groups_AggregatedDocumentAskedFor_HasTheWholeGroup()
    {
        var list = await ReadAsync(InspectDiscovery.GroupsAsync, "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json");

        var group = Assert.Single(list["items"]!.AsArray())!;
        Assert.Equal("inspect.nacelle.dev", (string?)group["metadata"]!["name"]);
        Assert.Equal(["pods", "processes"], group["versions"]![0]!["resources"]!.AsArray().Select(r => (string?)r!["resource"]));
    }

    [Fact]
    public async Task Resources_AnotherMethod_Answers405()
    {
        var http = new DefaultHttpContext { Request = { Method = "POST" } };

        Assert.Equal(405, (await Assert.ThrowsAsync<ApiStatusException>(() => InspectDiscovery.ResourcesAsync(http))).Status.Code);
    }

    private static async Task<JsonNode> ReadAsync(Func<HttpContext, Task> answer, string accept = "application/json")
    {
        using var body = new MemoryStream();
        var http = new DefaultHttpContext { Request = { Method = "GET" }, Response = { Body = body } };
        http.Request.Headers.Accept = accept;
        await answer(http);
        return JsonNode.Parse(body.ToArray())!;
    }
}
