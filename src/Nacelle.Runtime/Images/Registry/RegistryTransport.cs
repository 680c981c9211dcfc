using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Nacelle.Runtime.Images.Registry;

/// <summary>Sends one request to one registry: authorisation, redirects, and a bounded number of attempts.</summary>
internal sealed class RegistryTransport : IDisposable
{
    private const int MaxRedirects = 8;
    private readonly HttpClient http;
    private readonly RegistryOptions options;
    private readonly TimeProvider time;
    private readonly RegistryTokens tokens;

    public RegistryTransport(RegistryOptions options, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
            Proxy = new LoopbackBypass(HttpClient.DefaultProxy),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("nacelle", null));
        tokens = new RegistryTokens(http, options, time);
    }

    /// <summary>Sends it and gives the answer once its head is there; the caller disposes it.</summary>
    /// <returns>An answer below 400.</returns>
    /// <exception cref="ImageException">Not found, denied, unreachable or an unexpected status, with the request named.</exception>
    public async Task<HttpResponseMessage> SendAsync(RegistryRequest request, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                HttpResponseMessage response = await SendAuthorisedAsync(request, cancellationToken).ConfigureAwait(false);
                if ((int)response.StatusCode < 400)
                {
                    return response;
                }

                using (response)
                {
                    if (attempt >= options.Attempts || !MayPass(response.StatusCode))
                    {
                        throw Refusal(request, response);
                    }
                }
            }
            catch (HttpRequestException e) when (attempt >= options.Attempts || !MayPass(e))
            {
                throw Failure(request, e.InnerException is { } inner and not HttpRequestException ? inner.Message : e.Message, e);
            }
            catch (HttpRequestException)
            {
                // Tried again below.
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw Failure(request, "timed out", e);
            }

            await Task.Delay(options.RetryDelay * Math.Pow(4, attempt - 1), time, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> SendAuthorisedAsync(RegistryRequest request, CancellationToken cancellationToken)
    {
        RegistryCredentials? credentials = request.Credentials?.AreFor(request.Host) == true ? request.Credentials : null;
        AuthenticationHeaderValue? authorisation = tokens.Cached(request.Host, request.Repository, credentials);
        HttpResponseMessage response = await FollowAsync(request, authorisation, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.Unauthorized)
        {
            return response;
        }

        tokens.Forget(request.Host, request.Repository, credentials);
        if (AuthChallenge.Choose(response.Headers.WwwAuthenticate) is not { } challenge)
        {
            return response;
        }

        authorisation = await tokens.AnswerAsync(challenge, request.Host, request.Repository, credentials, cancellationToken).ConfigureAwait(false);
        if (authorisation is null)
        {
            return response;
        }

        response.Dispose();
        return await FollowAsync(request, authorisation, cancellationToken).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> FollowAsync(RegistryRequest request, AuthenticationHeaderValue? authorisation, CancellationToken cancellationToken)
    {
        Uri address = request.Address;
        for (int hop = 0; ; hop++)
        {
            HttpResponseMessage response = await SendOnceAsync(request, address, authorisation, cancellationToken).ConfigureAwait(false);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
            {
                return response;
            }

            response.Dispose();
            Uri next = new(address, location);
            if (hop >= MaxRedirects || next.Scheme is not ("http" or "https") || (address.Scheme == "https" && next.Scheme == "http"))
            {
                throw Failure(request, hop >= MaxRedirects ? "too many redirects" : $"refused to be redirected to {next.Scheme}://{next.Authority}", null);
            }

            // A token is for the registry; the storage it points to must not see it.
            authorisation = next.Authority == address.Authority ? authorisation : null;
            address = next;
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(
        RegistryRequest request, Uri address, AuthenticationHeaderValue? authorisation, CancellationToken cancellationToken)
    {
        using HttpRequestMessage message = new(request.Method, address);
        foreach (string type in request.Accept)
        {
            message.Headers.Accept.ParseAdd(type);
        }

        message.Headers.Authorization = authorisation;
        if (request.Offset > 0)
        {
            message.Headers.Range = new RangeHeaderValue(request.Offset, null);
        }

        using CancellationTokenSource limit = new(options.StallTimeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        return await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
    }

    private static bool MayPass(HttpStatusCode status) => (int)status >= 500 || status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout;

    // Nobody listening, no such name and a bad certificate stay so for longer than we'd wait; the kubelet comes back anyway.
    private static bool MayPass(HttpRequestException e) => e.HttpRequestError is not
        (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError);

    private static ImageException Refusal(RegistryRequest request, HttpResponseMessage response)
    {
        string method = Title(request.Method);
        switch (response.StatusCode)
        {
            case HttpStatusCode.NotFound:
                return new ImageException(ImageError.NotFound, $"{request.Address}: not found");
            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                string? error = AuthChallenge.Choose(response.Headers.WwwAuthenticate)?["error"];
                string says = response.StatusCode == HttpStatusCode.Forbidden ? "403 Forbidden" : $"{error ?? "unauthorized"}: authorization failed";
                return new ImageException(
                    ImageError.Denied,
                    $"pull access denied, repository does not exist or may require authorization: server message: {says}");
            default:
                string status = string.Create(CultureInfo.InvariantCulture, $"{(int)response.StatusCode} {response.ReasonPhrase}");
                return new ImageException(ImageError.Registry, $"unexpected status from {method} request to {request.Address}: {status}");
        }
    }

    private static ImageException Failure(RegistryRequest request, string reason, Exception? cause) =>
        new(ImageError.Registry, $"failed to do request: {Title(request.Method)} \"{request.Address}\": {reason}", cause);

    private static string Title(HttpMethod method) => method == HttpMethod.Head ? "Head" : "Get";
}
