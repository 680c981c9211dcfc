using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Nacelle.ApiServer.Endpoints;
using Nacelle.Kubernetes.Errors;
using Xunit;

namespace Nacelle.UnitTests.ApiServer.Endpoints;

public sealed class StreamingLocationTests
{
    [Theory]
    [InlineData("exec", "?command=sh&command=-c&command=a%20b%26c&container=b&stdin=true&stdout=true&stderr=true", "/exec/ns/p/b?input=1&output=1&error=1&command=sh&command=-c&command=a%20b%26c")]
    [InlineData("exec", "?container=a&stdout=1&stdin=false&tty=0&command=ls", "/exec/ns/p/a?output=1&command=ls")]
    [InlineData("attach", "?container=i&stdin=true&stdout=true&tty=true", "/attach/ns/p/i?input=1&output=1&tty=1")]
    [InlineData("attach", "?container=e&stdout=true", "/attach/ns/p/e?output=1")]
    [InlineData("portforward", "", "/portForward/ns/p")]
    [InlineData("portforward", "?ports=80,443&ports=8080", "/portForward/ns/p?port=80,443,8080")]
    public void PathAndQuery_Options_AreTranslated(string subresource, string query, string expected) =>
        Assert.Equal(expected, StreamingLocation.PathAndQuery(Pod(), subresource, Query(query)));

    [Theory]
    [InlineData("?container=x", "container x is not valid for pod p")]
    [InlineData("", "a container name must be specified for pod p, choose one of: [a b] or one of the init containers: [i]")]
    public void PathAndQuery_Container_IsChecked(string query, string message)
    {
        var exception = Assert.Throws<ApiStatusException>(() => StreamingLocation.PathAndQuery(Pod(), "exec", Query(query)));

        Assert.Equal((400, message), (exception.Status.Code, exception.Status.Message));
    }

    [Fact]
    public void PathAndQuery_OnlyContainer_NeedsNoName()
    {
        var pod = Pod();
        pod["spec"]!["containers"]!.AsArray().RemoveAt(1);

        Assert.Equal("/exec/ns/p/a", StreamingLocation.PathAndQuery(pod, "exec", Query("")));
    }

    [Fact]
    public void PathAndQuery_NotBound_IsRefused()
    {
        var pod = Pod();
        pod["spec"]!.AsObject().Remove("nodeName");

        var exception = Assert.Throws<ApiStatusException>(() => StreamingLocation.PathAndQuery(pod, "attach", Query("?container=a")));

        Assert.Equal("pod p does not have a host assigned", exception.Status.Message);
    }

    [Theory]
    [InlineData("?ports=0")]
    [InlineData("?ports=70000")]
    [InlineData("?ports=http")]
    public void PathAndQuery_BadPort_IsRefused(string query) =>
        Assert.Throws<ApiStatusException>(() => StreamingLocation.PathAndQuery(Pod(), "portforward", Query(query)));

    [Fact]
    public void Kubelets_SeveralAddresses_InternalIpComesFirst()
    {
        var node = JsonNode.Parse("""
            {"status":{"addresses":[{"type":"Hostname","address":"here"},{"type":"InternalIP","address":"::1"},{"type":"Odd","address":"x"}],
             "daemonEndpoints":{"kubeletEndpoint":{"Port":10250}}}}
            """)!.AsObject();

        Assert.Equal(["https://[::1]:10250/", "https://here:10250/"], StreamingLocation.Kubelets(node).Select(uri => uri.ToString()));
    }

    [Fact]
    public void Kubelets_NodeSaysNothing_GivesNone() => Assert.Empty(StreamingLocation.Kubelets([]));

    private static QueryCollection Query(string query) => new(QueryHelpers.ParseQuery(query));

    private static JsonObject Pod() => JsonNode.Parse("""
        {"metadata":{"name":"p","namespace":"ns"},
         "spec":{"nodeName":"n","containers":[{"name":"a"},{"name":"b"}],"initContainers":[{"name":"i"}],"ephemeralContainers":[{"name":"e"}]}}
        """)!.AsObject();
}
