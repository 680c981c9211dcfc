using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Nacelle.Controllers.Namespaces;
using Nacelle.Kubernetes.Client;
using Xunit;

namespace Nacelle.UnitTests.Controllers.Namespaces;

public sealed class NamespaceControllerTests : IDisposable
{
    private const string Going = """
        {"apiVersion":"v1","kind":"Namespace",
         "metadata":{"name":"going","uid":"u1","resourceVersion":"7","deletionTimestamp":"2026-01-02T03:04:05Z"},
         "spec":{"finalizers":["kubernetes","example.com/other"]},"status":{"phase":"Terminating"}}
        """;

    private readonly ScriptedApi _api = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Run_TerminatingNamespace_PodsGoFirstThenTheRestThenTheFinalizer()
    {
        Discovery();
        _api.Answer("/api/v1/namespaces/going", Going);
        Pods("""[{"metadata":{"name":"web","finalizers":["example.com/wait"]}}]""");
        _api.Add(ResourceKinds.Namespaces, KubernetesJson.Deserialize<V1Namespace>(System.Text.Encoding.UTF8.GetBytes(Going)));
        await using var running = new RunningController(new NamespaceController(_api.Client(), TimeProvider.System, NullLogger.Instance).RunAsync);

        Assert.Equal("DELETE /api/v1/namespaces/going/pods", (await _api.NextWriteAsync(Cancellation)).Request);
        var (request, status) = await _api.NextWriteAsync(Cancellation);
        Assert.Equal("PUT /api/v1/namespaces/going/status", request);
        var text = status!.ToJsonString();
        Assert.Contains("Some resources are remaining: pods. has 1 resource instances", text);
        Assert.Contains("example.com/wait in 1 resource instances", text);

        // While the Pod is there nothing else is touched.
        Assert.Equal("DELETE /api/v1/namespaces/going/pods", (await _api.NextWriteAsync(Cancellation)).Request);
        Pods("[]");

        var writes = new List<string>();
        while (true)
        {
            (request, var body) = await _api.NextWriteAsync(Cancellation);
            writes.Add(request);
            if (request == "PUT /api/v1/namespaces/going/finalize")
            {
                Assert.Equal("""["example.com/other"]""", body!["spec"]!["finalizers"]!.ToJsonString());
                break;
            }
        }

        Assert.Contains("DELETE /api/v1/namespaces/going/configmaps", writes);
        Assert.Contains("DELETE /apis/coordination.k8s.io/v1/namespaces/going/leases", writes);
        Assert.DoesNotContain(writes, write => write.Contains("nodes", StringComparison.Ordinal) || write.Contains("bindings", StringComparison.Ordinal));

        // Processes end with their Pods; to delete one is to kill it.
        Assert.DoesNotContain(writes, write => write.Contains("processes", StringComparison.Ordinal));
    }

    private void Pods(string items) => _api.Answer("/api/v1/namespaces/going/pods", $$"""{"metadata":{},"items":{{items}}}""");

    private void Discovery()
    {
        _api.Answer("/api/v1", """
            {"resources":[
             {"name":"configmaps","namespaced":true,"verbs":["create","delete","deletecollection","get","list"]},
             {"name":"bindings","namespaced":true,"verbs":["create"]},
             {"name":"nodes","namespaced":false,"verbs":["delete","list"]},
             {"name":"pods","namespaced":true,"verbs":["delete","deletecollection","list"]},
             {"name":"pods/status","namespaced":true,"verbs":["get","patch"]}]}
            """);
        _api.Answer("/apis", """
            {"groups":[{"name":"coordination.k8s.io","versions":[{"groupVersion":"coordination.k8s.io/v1"}],
             "preferredVersion":{"groupVersion":"coordination.k8s.io/v1"}},
             {"name":"inspect.nacelle.dev","versions":[{"groupVersion":"inspect.nacelle.dev/v1alpha1"}],
             "preferredVersion":{"groupVersion":"inspect.nacelle.dev/v1alpha1"}}]}
            """);
        _api.Answer("/apis/inspect.nacelle.dev/v1alpha1", """{"resources":[{"name":"processes","namespaced":true,"verbs":["delete","get","list","watch"]}]}""");
        _api.Answer("/apis/coordination.k8s.io/v1", """{"resources":[{"name":"leases","namespaced":true,"verbs":["delete","deletecollection","list"]}]}""");
    }
}
