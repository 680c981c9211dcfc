using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using k8s.Models;
using Nacelle.Kubernetes.Client;

namespace Nacelle.UnitTests.Controllers;

/// <summary>
/// The API server's side of a controller's test: lists answer what the test has put there, watches stream what it sends, and every write is recorded and
/// answered with 200 and the body that came, unless the test refuses it.
/// </summary>
internal sealed class ScriptedApi : HttpMessageHandler
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, JsonArray> _lists = [];
    private readonly Dictionary<string, List<byte[]>> _events = [];
    private readonly Dictionary<string, int> _listed = [];
    private readonly List<(string Path, PipeWriter Writer)> _watches = [];
    private readonly Dictionary<string, TaskCompletionSource> _watched = [];
    private readonly Dictionary<string, (HttpStatusCode Code, string Reason)> _refusals = [];
    private readonly Dictionary<string, JsonObject> _answers = [];
    private readonly Channel<(string Request, JsonNode? Body)> _writes = Channel.CreateUnbounded<(string, JsonNode?)>();

    public KubernetesApi Client() => new(this, new Uri("https://api.test/"), "test");

    /// <summary>Puts an object into a collection and tells its watchers.</summary>
    public void Add<T>(ResourceKind<T> kind, T item)
        where T : class, k8s.IKubernetesObject<V1ObjectMeta>
        => Send("/" + kind.CollectionPath(null), "ADDED", KubernetesJson.Serialize(item), list => list.Add(JsonNode.Parse(KubernetesJson.Serialize(item))));

    /// <summary>Tells the watchers of a collection that an object is gone.</summary>
    public void Delete<T>(ResourceKind<T> kind, T item)
        where T : class, k8s.IKubernetesObject<V1ObjectMeta>
        => Send("/" + kind.CollectionPath(null), "DELETED", KubernetesJson.Serialize(item), _ => { });

    /// <summary>Until somebody watches the collection: what is deleted before that, a list that is still to come does not show.</summary>
    public Task WatchedAsync<T>(ResourceKind<T> kind, CancellationToken cancellationToken)
        where T : class, k8s.IKubernetesObject<V1ObjectMeta>
    {
        lock (_lock)
        {
            return Watched("/" + kind.CollectionPath(null)).Task.WaitAsync(TimeSpan.FromSeconds(10), cancellationToken);
        }
    }

    /// <summary>Sets what a GET of a path answers.</summary>
    public void Answer(string path, string json)
    {
        lock (_lock)
        {
            _answers[path] = JsonNode.Parse(json)!.AsObject();
        }
    }

    /// <summary>Refuses the next request like <c>POST /api/v1/…</c>, once.</summary>
    public void Refuse(string request, HttpStatusCode code, string reason)
    {
        lock (_lock)
        {
            _refusals[request] = (code, reason);
        }
    }

    /// <summary>The next write, as <c>METHOD path</c> and its body.</summary>
    public async Task<(string Request, JsonNode? Body)> NextWriteAsync(CancellationToken cancellationToken)
        => await _writes.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(10), cancellationToken);

    public bool HasWrites => _writes.Reader.TryPeek(out _);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        var query = request.RequestUri.Query;
        if (request.Method == HttpMethod.Get)
        {
            return query.Contains("watch=true", StringComparison.Ordinal) ? Watch(path) : Read(path);
        }

        var text = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var name = $"{request.Method} {path}";
        (HttpStatusCode Code, string Reason) refusal;
        lock (_lock)
        {
            _refusals.Remove(name, out refusal);
        }

        await _writes.Writer.WriteAsync((name, text.Length == 0 ? null : JsonNode.Parse(text)), cancellationToken);
        return refusal.Reason is null
            ? Json(HttpStatusCode.OK, text.Length == 0 ? "{}" : text)
            : Json(refusal.Code, $$"""{"kind":"Status","reason":"{{refusal.Reason}}","message":"refused by the test","code":{{(int)refusal.Code}}}""");
    }

    private HttpResponseMessage Read(string path)
    {
        lock (_lock)
        {
            if (_answers.TryGetValue(path, out var answer))
            {
                return Json(HttpStatusCode.OK, answer.ToJsonString());
            }

            _listed[path] = Events(path).Count;
            var items = _lists.TryGetValue(path, out var list) ? list.ToJsonString() : "[]";
            return Json(HttpStatusCode.OK, $$"""{"metadata":{"resourceVersion":"1"},"items":{{items}}}""");
        }
    }

    private HttpResponseMessage Watch(string path)
    {
        var pipe = new Pipe();
        lock (_lock)
        {
            // A watch begins where the list before it ended.
            foreach (var line in Events(path).Skip(_listed.GetValueOrDefault(path)))
            {
                pipe.Writer.AsStream(leaveOpen: true).Write(line);
            }

            _watches.Add((path, pipe.Writer));
            Watched(path).TrySetResult();
        }

        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(pipe.Reader.AsStream()) };
    }

    private void Send(string path, string type, byte[] item, Action<JsonArray> change)
    {
        lock (_lock)
        {
            if (!_lists.TryGetValue(path, out var list))
            {
                _lists[path] = list = [];
            }

            change(list);
            var line = Encoding.UTF8.GetBytes($$"""{"type":"{{type}}","object":{{Encoding.UTF8.GetString(item)}}}""" + "\n");
            Events(path).Add(line);
            foreach (var (_, writer) in _watches.Where(watch => watch.Path == path))
            {
                writer.AsStream(leaveOpen: true).Write(line);
            }
        }
    }

    private TaskCompletionSource Watched(string path)
    {
        if (!_watched.TryGetValue(path, out var watched))
        {
            _watched[path] = watched = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return watched;
    }

    private List<byte[]> Events(string path)
    {
        if (!_events.TryGetValue(path, out var events))
        {
            _events[path] = events = [];
        }

        return events;
    }

    private static HttpResponseMessage Json(HttpStatusCode code, string text)
        => new(code) { Content = new StringContent(text, Encoding.UTF8, "application/json") };
}
