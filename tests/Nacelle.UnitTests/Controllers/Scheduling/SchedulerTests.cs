using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Nacelle.Controllers.Scheduling;
using Nacelle.Kubernetes.Client;
using Xunit;
using static Nacelle.UnitTests.Controllers.Scheduling.SchedulingObjects;

namespace Nacelle.UnitTests.Controllers.Scheduling;

public sealed class SchedulerTests : IDisposable
{
    private readonly ScriptedApi _api = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Run_PodThatFits_IsBoundAndTheEventSaysWhere()
    {
        _api.Add(ResourceKinds.Nodes, Node());
        await using var running = Start();
        _api.Add(ResourceKinds.Pods, Pod("web"));

        var (request, binding) = await _api.NextWriteAsync(Cancellation);
        Assert.Equal("POST /api/v1/namespaces/default/pods/web/binding", request);
        Assert.Equal(("Binding", "web", "web"), ((string?)binding!["kind"], (string?)binding["metadata"]!["name"], (string?)binding["metadata"]!["uid"]));
        Assert.Equal(("Node", "box"), ((string?)binding["target"]!["kind"], (string?)binding["target"]!["name"]));

        (request, var written) = await _api.NextWriteAsync(Cancellation);
        Assert.Equal("POST /api/v1/namespaces/default/events", request);
        AssertEvent(written, "Normal", "Scheduled", "Binding", "Successfully assigned default/web to box");
    }

    [Fact]
    public async Task Run_PodThatFitsNowhere_GetsTheEventAndTheCondition()
    {
        _api.Add(ResourceKinds.Nodes, Node());
        _api.Add(ResourceKinds.Pods, Pod("big", null, ("cpu", "64")));
        await using var running = Start();

        const string message = "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.";
        // Before the list of nodes has come there is none, and the scheduler says that first.
        var (request, patch) = await NextAboutAsync(message);
        Assert.Equal("PATCH /api/v1/namespaces/default/pods/big/status", request);
        var condition = patch!["status"]!["conditions"]![0]!;
        Assert.Equal(("PodScheduled", "False", "Unschedulable"), ((string?)condition["type"], (string?)condition["status"], (string?)condition["reason"]));

        (request, var written) = await NextAboutAsync(message);
        Assert.Equal("POST /api/v1/namespaces/default/events", request);
        AssertEvent(written, "Warning", "FailedScheduling", "Scheduling", message);
    }

    [Fact]
    public async Task Run_RefusedPodChangedMeanwhile_IsToldNothingUntilItsNewStateIsKnown()
    {
        const string patch = "PATCH /api/v1/namespaces/default/pods/big/status";
        _api.Add(ResourceKinds.Nodes, Node());
        await using var running = Start();
        _api.Refuse(patch, HttpStatusCode.Conflict, "Conflict");
        var pod = Pod("big", null, ("cpu", "64"));
        pod.Metadata.ResourceVersion = "5";
        _api.Add(ResourceKinds.Pods, pod);
        Assert.Equal("5", (string?)(await NextToAsync(patch))!["metadata"]!["resourceVersion"]);

        pod.Metadata.ResourceVersion = "6";
        _api.Add(ResourceKinds.Pods, pod);

        Assert.Equal("6", (string?)(await NextToAsync(patch))!["metadata"]!["resourceVersion"]);
    }

    [Fact]
    public async Task Run_BindingRefusedByTheServer_IsTriedAgain()
    {
        const string bind = "POST /api/v1/namespaces/default/pods/web/binding";
        _api.Add(ResourceKinds.Nodes, Node());
        await using var running = Start();
        _api.Refuse(bind, HttpStatusCode.InternalServerError, "InternalError");
        _api.Add(ResourceKinds.Pods, Pod("web"));

        // Before the list of nodes has come there is none, and the scheduler may say that first.
        await NextToAsync(bind);
        await NextToAsync(bind);
        AssertEvent((await _api.NextWriteAsync(Cancellation)).Body, "Normal", "Scheduled", "Binding", "Successfully assigned default/web to box");
    }

    private RunningController Start()
        => new(new Scheduler(_api.Client(), "default-scheduler-test", TimeProvider.System, NullLogger.Instance).RunAsync);

    private async Task<JsonNode?> NextToAsync(string request)
    {
        while (true)
        {
            var write = await _api.NextWriteAsync(Cancellation);
            if (write.Request == request)
            {
                return write.Body;
            }
        }
    }

    private async Task<(string Request, JsonNode? Body)> NextAboutAsync(string text)
    {
        while (true)
        {
            var write = await _api.NextWriteAsync(Cancellation);
            if (write.Body?.ToJsonString().Contains(text, StringComparison.Ordinal) == true)
            {
                return write;
            }
        }
    }

    private static void AssertEvent(JsonNode? written, string type, string reason, string action, string message)
    {
        Assert.NotNull(written);
        Assert.Equal(
            (type, reason, action, message),
            ((string?)written["type"], (string?)written["reason"], (string?)written["action"], (string?)written["message"]));
        Assert.Equal(("default-scheduler", "default-scheduler-test"), ((string?)written["reportingComponent"], (string?)written["reportingInstance"]));
        Assert.Equal("Pod", (string?)written["involvedObject"]!["kind"]);
        Assert.EndsWith("Z", (string?)written["eventTime"]);
    }
}
