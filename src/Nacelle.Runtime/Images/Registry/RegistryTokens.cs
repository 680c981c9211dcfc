using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Nacelle.Runtime.Images.Oci;

namespace Nacelle.Runtime.Images.Registry;

/// <summary>
/// Answers registries' challenges and remembers the answers until they expire, so that asking again whether a tag has moved costs
/// one request. What was obtained with one set of credentials is never used for another.
/// </summary>
internal sealed class RegistryTokens(HttpClient http, RegistryOptions options, TimeProvider time)
{
    private const int MaxAnswerBytes = 1024 * 1024;
    private const int MaxEntries = 1000;
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<TokenKey, Remembered> cache = new();

    /// <summary>What was obtained before for this repository and still holds; else null.</summary>
    public AuthenticationHeaderValue? Cached(RegistryHost host, string repository, RegistryCredentials? credentials)
    {
        if (credentials is { RegistryToken.Length: > 0 })
        {
            return new AuthenticationHeaderValue("Bearer", credentials.RegistryToken);
        }

        return cache.TryGetValue(new TokenKey(host.Address, repository, credentials), out Remembered? found) && found.Until > time.GetUtcNow()
            ? found.Header
            : null;
    }

    /// <summary>Obtains what the challenge asks for; null where there is nothing to answer it with.</summary>
    /// <exception cref="ImageException">The token server refused, or didn't answer as it should.</exception>
    public async Task<AuthenticationHeaderValue?> AnswerAsync(
        AuthChallenge challenge, RegistryHost host, string repository, RegistryCredentials? credentials, CancellationToken cancellationToken)
    {
        Remembered? answer = challenge.Scheme == "basic"
            ? BasicAnswer(credentials)
            : await BearerAnswerAsync(challenge, host, repository, credentials, cancellationToken).ConfigureAwait(false);
        if (answer is not null)
        {
            if (cache.Count >= MaxEntries)
            {
                cache.Clear();
            }

            cache[new TokenKey(host.Address, repository, credentials)] = answer;
        }

        return answer?.Header;
    }

    /// <summary>Forgets an answer that the registry no longer takes.</summary>
    public void Forget(RegistryHost host, string repository, RegistryCredentials? credentials) =>
        cache.TryRemove(new TokenKey(host.Address, repository, credentials), out _);

    private static Remembered? BasicAnswer(RegistryCredentials? credentials) =>
        Basic(credentials) is { } header ? new Remembered(header, DateTimeOffset.MaxValue) : null;

    private static AuthenticationHeaderValue? Basic(RegistryCredentials? credentials) => credentials is { Username.Length: > 0 }
        ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credentials.Username}:{credentials.Password}")))
        : null;

    private async Task<Remembered> BearerAnswerAsync(
        AuthChallenge challenge, RegistryHost host, string repository, RegistryCredentials? credentials, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(challenge["realm"], UriKind.Absolute, out Uri? realm) || realm.Scheme is not ("http" or "https"))
        {
            throw new ImageException(ImageError.Registry, $"{host.Address.Authority} names no usable token server");
        }

        if (realm.Scheme == "http" && host.Address.Scheme == "https")
        {
            throw new ImageException(ImageError.Registry, $"{host.Address.Authority} wants credentials sent without TLS to {realm.Authority}: refused");
        }

        string scope = challenge["scope"] ?? $"repository:{repository}:pull";
        using HttpRequestMessage request = credentials is { IdentityToken.Length: > 0 }
            ? RefreshRequest(realm, challenge["service"], scope, credentials)
            : TokenRequest(realm, challenge["service"], scope, credentials);
        byte[] body = await AskAsync(request, realm, cancellationToken).ConfigureAwait(false);
        TokenAnswer answer = OciJson.Read(body, OciJson.Default.TokenAnswer, $"the answer of token server {realm.Authority}");
        string token = answer.Token ?? answer.AccessToken
            ?? throw new ImageException(ImageError.Registry, $"token server {realm.Authority} answered without a token");
        TimeSpan life = TimeSpan.FromSeconds(Math.Clamp(answer.ExpiresIn ?? 60, 0, 24 * 3600));
        return new Remembered(new AuthenticationHeaderValue("Bearer", token), time.GetUtcNow() + life - Margin);
    }

    private async Task<byte[]> AskAsync(HttpRequestMessage request, Uri realm, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(options.StallTimeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            RefuseUnlessGranted(response, realm, request.Headers.Authorization is null ? "anonymous" : "oauth");
            return await BoundedBody.ReadAsync(response.Content, MaxAnswerBytes, $"the answer of token server {realm.Authority}", either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            string reason = e is OperationCanceledException ? "timed out" : e.InnerException?.Message ?? e.Message;
            throw new ImageException(ImageError.Registry, $"failed to authorize: failed to fetch a token from {realm.Authority}: {reason}", e);
        }
    }

    private static void RefuseUnlessGranted(HttpResponseMessage response, Uri realm, string kind)
    {
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw new ImageException(
                ImageError.Denied,
                $"failed to authorize: failed to fetch {kind} token: token server {realm.Authority} answered {(int)response.StatusCode} {response.StatusCode}");
        }

        if (!response.IsSuccessStatusCode)
        {
            throw new ImageException(ImageError.Registry, $"failed to authorize: token server {realm.Authority} answered {(int)response.StatusCode}");
        }
    }

    private static HttpRequestMessage TokenRequest(Uri realm, string? service, string scope, RegistryCredentials? credentials)
    {
        string query = realm.Query.TrimStart('?');
        query += (query.Length > 0 ? "&" : "") + (service is null ? "" : $"service={Uri.EscapeDataString(service)}&") + $"scope={Uri.EscapeDataString(scope)}";
        HttpRequestMessage request = new(HttpMethod.Get, new UriBuilder(realm) { Query = query }.Uri);
        request.Headers.Authorization = Basic(credentials);
        return request;
    }

    private static HttpRequestMessage RefreshRequest(Uri realm, string? service, string scope, RegistryCredentials credentials) => new(HttpMethod.Post, realm)
    {
        Content = new FormUrlEncodedContent(
        [
            new("grant_type", "refresh_token"),
            new("service", service ?? ""),
            new("scope", scope),
            new("client_id", "nacelle"),
            new("refresh_token", credentials.IdentityToken),
        ]),
    };

    private sealed record TokenKey(Uri Address, string Repository, RegistryCredentials? Credentials);

    private sealed record Remembered(AuthenticationHeaderValue Header, DateTimeOffset Until);
}
