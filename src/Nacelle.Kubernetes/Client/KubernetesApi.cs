using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using k8s;
using k8s.Models;

namespace Nacelle.Kubernetes.Client;

/// <summary>
/// A client of the Kubernetes API for the kinds of <see cref="ResourceKinds"/>. Refusals are <see cref="ApiException"/>s; an
/// unreachable server is an <see cref="HttpRequestException"/>. Safe for concurrent use.
/// </summary>
public sealed class KubernetesApi : IDisposable
{
    /// <summary>A request that is no watch must end within this.</summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;

    public KubernetesApi(Kubeconfig config, string userAgent)
        : this(Handler(config), config.Server, userAgent) =>
        _http.DefaultRequestHeaders.Authorization = config.Token is { Length: > 0 } token && config.Server.Scheme == Uri.UriSchemeHttps
            ? new AuthenticationHeaderValue("Bearer", token)
            : null;

    /// <summary>A client over a handler of the caller's, for tests and unix sockets.</summary>
    public KubernetesApi(HttpMessageHandler handler, Uri server, string userAgent)
    {
        _http = new HttpClient(handler)
        {
            BaseAddress = server,
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd(userAgent);
        _http.DefaultRequestHeaders.Accept.ParseAdd("application/json");
    }

    public Task<T> GetAsync<T>(ResourceKind<T> kind, string? ns, string name, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        SendAsync<T>(HttpMethod.Get, kind.ObjectPath(ns, name), null, cancellationToken);

    /// <summary>One page of a list; a null namespace lists all of them.</summary>
    public Task<ApiList<T>> ListAsync<T>(ResourceKind<T> kind, string? ns, ListQuery query, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        SendAsync<ApiList<T>>(HttpMethod.Get, kind.CollectionPath(ns) + query.ToQueryString(), null, cancellationToken);

    public Task<T> CreateAsync<T>(ResourceKind<T> kind, string? ns, T value, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        SendAsync<T>(HttpMethod.Post, kind.CollectionPath(ns), Json(KubernetesJson.Serialize(value)), cancellationToken);

    /// <summary>PUT; conflicts when the object carries a resourceVersion that is no longer the current one.</summary>
    public Task<T> ReplaceAsync<T>(
        ResourceKind<T> kind, string? ns, string name, T value, CancellationToken cancellationToken, string? subresource = null)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        SendAsync<T>(HttpMethod.Put, kind.ObjectPath(ns, name, subresource), Json(KubernetesJson.Serialize(value)), cancellationToken);

    public Task<T> PatchAsync<T>(
        ResourceKind<T> kind, string? ns, string name, PatchType type, ReadOnlyMemory<byte> patch, CancellationToken cancellationToken,
        string? subresource = null)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var content = new ReadOnlyMemoryContent(patch);
        content.Headers.ContentType = new MediaTypeHeaderValue(type switch
        {
            PatchType.Json => "application/json-patch+json",
            PatchType.Merge => "application/merge-patch+json",
            _ => "application/strategic-merge-patch+json",
        });
        return SendAsync<T>(HttpMethod.Patch, kind.ObjectPath(ns, name, subresource), content, cancellationToken);
    }

    /// <summary>DELETE; the answer (the object or a Status) is not read.</summary>
    public async Task DeleteAsync<T>(
        ResourceKind<T> kind, string? ns, string name, V1DeleteOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        await SendAsync<JsonElement>(
            HttpMethod.Delete, kind.ObjectPath(ns, name), options is null ? null : Json(KubernetesJson.Serialize(options)), cancellationToken)
            .ConfigureAwait(false);

    /// <summary>POST of another type to a subresource, such as a Binding to <c>pods/NAME/binding</c>. The answer is not read.</summary>
    public async Task PostSubresourceAsync<T, TBody>(
        ResourceKind<T> kind, string? ns, string name, string subresource, TBody body, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        await SendAsync<JsonElement>(
            HttpMethod.Post, kind.ObjectPath(ns, name, subresource), Json(KubernetesJson.Serialize(body)), cancellationToken)
            .ConfigureAwait(false);

    /// <summary>GET of a path below the server, for what discovery names and no model describes.</summary>
    public Task<JsonElement> GetJsonAsync(string path, CancellationToken cancellationToken) =>
        SendAsync<JsonElement>(HttpMethod.Get, path, null, cancellationToken);

    /// <summary>POST to a path below the server, for what discovery names and no model describes.</summary>
    public Task<JsonElement> PostJsonAsync(string path, System.Text.Json.Nodes.JsonNode body, CancellationToken cancellationToken) =>
        SendAsync<JsonElement>(HttpMethod.Post, path, Json(System.Text.Encoding.UTF8.GetBytes(body.ToJsonString())), cancellationToken);

    /// <summary>GET of a path below the server whose answer is content of any size, to be read as it comes and disposed by the caller.</summary>
    public async Task<HttpResponseMessage> GetContentAsync(string path, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(RequestTimeout);
        try
        {
            using var request = Request(HttpMethod.Get, path, null);
            request.Headers.Accept.ParseAdd("*/*");
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                throw await RefusalAsync(response, deadline.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"GET {path}: no answer within {RequestTimeout.TotalSeconds:0} s", e);
        }
    }

    /// <summary>DELETE of a path below the server: an object, or with no options a whole collection. The answer is not read.</summary>
    public async Task DeleteJsonAsync(string path, CancellationToken cancellationToken) =>
        await SendAsync<JsonElement>(HttpMethod.Delete, path, null, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Watches from <see cref="ListQuery.ResourceVersion"/> on, bookmarks included, until the server ends the watch. An ERROR event is
    /// thrown as an <see cref="ApiException"/> (410: the version is too old, list again).
    /// </summary>
    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ResourceKind<T> kind, string? ns, ListQuery query, int timeoutSeconds, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        using var request = Request(HttpMethod.Get, kind.CollectionPath(ns) + query.ToQueryString(watch: true, timeoutSeconds), null);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw await RefusalAsync(response, cancellationToken).ConfigureAwait(false);
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var line in JsonLines.ReadAsync(body, cancellationToken).ConfigureAwait(false))
        {
            var frame = KubernetesJson.Deserialize<WatchFrame>(line.Span);
            yield return frame.Type switch
            {
                "ADDED" => new(WatchEventType.Added, Object(frame)),
                "MODIFIED" => new(WatchEventType.Modified, Object(frame)),
                "DELETED" => new(WatchEventType.Deleted, Object(frame)),
                "BOOKMARK" => new(WatchEventType.Bookmark, Object(frame)),
                _ => throw Error(frame),
            };
        }

        static T Object(WatchFrame frame) => frame.Object.Deserialize(KubernetesJson.TypeInfo<T>())!;

        static ApiException Error(WatchFrame frame)
        {
            var status = frame.Object.Deserialize(KubernetesJson.TypeInfo<StatusFrame>());
            return new ApiException((HttpStatusCode)(status?.Code ?? 500), status?.Reason ?? "", status?.Message ?? frame.Type);
        }
    }

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler Handler(Kubeconfig config)
    {
        var ssl = new SslClientAuthenticationOptions { TargetHost = config.TlsServerName };
        if (config.ClientCertificate is { } client)
        {
            ssl.ClientCertificates = [client];
            ssl.LocalCertificateSelectionCallback = (_, _, _, _, _) => client;
        }

        if (config.CertificateAuthority is { } authority)
        {
            ssl.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { authority },
                RevocationMode = X509RevocationMode.NoCheck,
            };
        }

        return new SocketsHttpHandler
        {
            SslOptions = ssl,
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
        };
    }

    private static ByteArrayContent Json(byte[] utf8)
    {
        var content = new ByteArrayContent(utf8);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private HttpRequestMessage Request(HttpMethod method, string path, HttpContent? content) => new(method, path)
    {
        Content = content,
        Version = _http.DefaultRequestVersion,
        VersionPolicy = _http.DefaultVersionPolicy,
    };

    private async Task<TAnswer> SendAsync<TAnswer>(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(RequestTimeout);
        try
        {
            using var request = Request(method, path, content);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw await RefusalAsync(response, deadline.Token).ConfigureAwait(false);
            }

            await using var body = await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
            return await JsonSerializer.DeserializeAsync(body, KubernetesJson.TypeInfo<TAnswer>(), deadline.Token).ConfigureAwait(false)
                ?? throw new HttpRequestException($"{method} {path}: the server answered null");
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"{method} {path}: no answer within {RequestTimeout.TotalSeconds:0} s", e);
        }
        catch (JsonException e)
        {
            throw new HttpRequestException($"{method} {path}: the answer is not what was expected: {e.Message}", e);
        }
    }

    private static async Task<ApiException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var status = KubernetesJson.Deserialize<StatusFrame>(text);
            return new ApiException(response.StatusCode, status.Reason ?? "", status.Message ?? $"HTTP {(int)response.StatusCode}");
        }
        catch (JsonException)
        {
            return new ApiException(response.StatusCode, "", $"HTTP {(int)response.StatusCode}: {System.Text.Encoding.UTF8.GetString(text)}");
        }
    }
}
