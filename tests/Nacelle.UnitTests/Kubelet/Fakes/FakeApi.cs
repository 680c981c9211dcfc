using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using k8s.Models;
using Nacelle.Kubernetes.Client;

namespace Nacelle.UnitTests.Kubelet.Fakes;

/// <summary>The API's side of one Pod: keeps its status as the patches leave it, its events, and whether it was deleted.</summary>
internal sealed class FakeApi : HttpMessageHandler
{
    private readonly Lock _gate = new();
    private JsonObject _status = [];

    private readonly List<string> _events = [];
    private readonly List<string> _patches = [];

    public IReadOnlyList<string> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>The body of the DELETE that removed the Pod.</summary>
    public JsonNode? Deleted { get; private set; }

    /// <summary>What the answer to a patch carries; null for none.</summary>
    public string? ResourceVersion { get; set; }

    /// <summary>Another writer sets a condition of the Pod.</summary>
    public void SetCondition(string type, string status)
    {
        lock (_gate)
        {
            Merge(_status, new JsonObject { ["conditions"] = new JsonArray(new JsonObject { ["type"] = type, ["status"] = status }) });
        }
    }

    /// <summary>The bodies of all status patches.</summary>
    public IReadOnlyList<string> Patches
    {
        get
        {
            lock (_gate)
            {
                return [.. _patches];
            }
        }
    }

    public V1PodStatus Status
    {
        get
        {
            lock (_gate)
            {
                return KubernetesJson.Deserialize<V1PodStatus>(Encoding.UTF8.GetBytes(_status.ToJsonString()));
            }
        }
    }

    public KubernetesApi Client() => new(this, new Uri("https://api.test/"), "test");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        var body = request.Content is null ? null : JsonNode.Parse(await request.Content.ReadAsStringAsync(cancellationToken));
        lock (_gate)
        {
            if (path.EndsWith("/events", StringComparison.Ordinal))
            {
                _events.Add($"{body!["type"]} {body["reason"]} {body["message"]}");
                return Answer(body);
            }

            if (path.EndsWith("/status", StringComparison.Ordinal))
            {
                _patches.Add(body!.ToJsonString());
                Merge(_status, body!["status"]!.AsObject());
                var metadata = new JsonObject { ["name"] = "p", ["resourceVersion"] = ResourceVersion };
                return Answer(new JsonObject { ["metadata"] = metadata, ["status"] = _status.DeepClone() });
            }

            if (request.Method == HttpMethod.Delete)
            {
                Deleted = body;
                return Answer(new JsonObject());
            }
        }

        return new HttpResponseMessage(HttpStatusCode.NotFound) { Content = new StringContent("""{"reason":"NotFound","message":"not found"}""") };
    }

    private static HttpResponseMessage Answer(JsonNode body) =>
        new(HttpStatusCode.OK) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };

    /// <summary>The part of a strategic merge that a Pod's status needs: lists merged by type or ip, the others replaced.</summary>
    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            var key = name == "conditions" ? "type" : name is "podIPs" or "hostIPs" ? "ip" : null;
            if (value is null)
            {
                target.Remove(name);
            }
            else if (key is not null && target[name] is JsonArray list)
            {
                foreach (var item in value.AsArray())
                {
                    var old = list.FirstOrDefault(i => (string?)i![key] == (string?)item![key]);
                    list.Remove(old);
                    if (item!["$patch"] is null)
                    {
                        list.Add(item.DeepClone());
                    }
                }
            }
            else
            {
                target[name] = value.DeepClone();
            }
        }
    }
}
