using System.Net;
using System.Text;

namespace Nacelle.UnitTests.Kubernetes.Client;

/// <summary>Answers each request with the next of a list of answers, and keeps what was asked.</summary>
internal sealed class ScriptedHandler(params (HttpStatusCode Code, string Body)[] answers) : HttpMessageHandler
{
    private int _next;

    public List<string> Requests { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Add($"{request.Method} {request.RequestUri!.PathAndQuery}");
        if (_next == answers.Length)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        var (code, body) = answers[_next++];
        return new HttpResponseMessage(code) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
    }
}
