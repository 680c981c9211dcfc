using System.Net;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Nacelle.Kubernetes.Client;
using Xunit;

namespace Nacelle.UnitTests.Kubernetes.Client;

public sealed class ReflectorTests
{
    private static readonly CancellationToken Deadline = TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_WatchExpires_ListsAgainAndResumesAtTheNewVersion()
    {
        using var handler = new ScriptedHandler(
            (HttpStatusCode.OK, """{"metadata":{"resourceVersion":"5"},"items":[{"metadata":{"name":"a","resourceVersion":"4"}}]}"""),
            (HttpStatusCode.OK, """
                {"type":"MODIFIED","object":{"metadata":{"name":"a","resourceVersion":"6"}}}
                {"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}
                {"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}

                """),
            (HttpStatusCode.OK, """{"metadata":{"resourceVersion":"20"},"items":[]}"""));
        using var api = new KubernetesApi(handler, new Uri("http://test/"), "test");
        var reflector = new Reflector<V1Pod>(
            api, ResourceKinds.Pods, null, new ListQuery { FieldSelector = "spec.nodeName=n" }, TimeProvider.System, NullLogger.Instance);

        var seen = new List<string>();
        await foreach (var item in reflector.RunAsync(Deadline))
        {
            seen.Add($"{item.Type} {string.Join(",", item.Objects.Select(p => p.Metadata.Name))}");
            if (seen.Count == 3)
            {
                break;
            }
        }

        Assert.Equal(["Replaced a", "Upserted a", "Replaced "], seen);
        Assert.StartsWith("GET /api/v1/pods?fieldSelector=spec.nodeName%3Dn&limit=500", handler.Requests[0], StringComparison.Ordinal);
        Assert.Contains("resourceVersion=5&watch=true&allowWatchBookmarks=true", handler.Requests[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_WatchEnds_ResumesAtTheLastBookmarkWithoutListing()
    {
        using var handler = new ScriptedHandler(
            (HttpStatusCode.OK, """{"metadata":{"resourceVersion":"5"},"items":[]}"""),
            (HttpStatusCode.OK, "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"9\"}}}\n"),
            (HttpStatusCode.OK, "{\"type\":\"DELETED\",\"object\":{\"metadata\":{\"name\":\"b\",\"resourceVersion\":\"10\"}}}\n"));
        using var api = new KubernetesApi(handler, new Uri("http://test/"), "test");
        var reflector = new Reflector<V1Pod>(api, ResourceKinds.Pods, "ns", new ListQuery(), TimeProvider.System, NullLogger.Instance);

        var seen = new List<ReflectorEventType>();
        await foreach (var item in reflector.RunAsync(Deadline))
        {
            seen.Add(item.Type);
            if (seen.Count == 2)
            {
                break;
            }
        }

        Assert.Equal([ReflectorEventType.Replaced, ReflectorEventType.Deleted], seen);
        Assert.StartsWith("GET /api/v1/namespaces/ns/pods?resourceVersion=9&watch=true", handler.Requests[2], StringComparison.Ordinal);
    }
}
