using System.Net.Sockets;

using Nacelle.Commands;
using Nacelle.Kubernetes.Client;

namespace Nacelle;

/// <summary>
/// The Kubernetes API of the instance on this machine, over its unix socket: whoever may open the socket (0600, root's) is the administrator, and no TLS
/// has to be set up.
/// </summary>
internal static class LocalApi
{
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);

    public static KubernetesApi Open(Configuration configuration)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(configuration.ApiSocket), cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        return new KubernetesApi(handler, new Uri("http://localhost"), $"nacelle/{VersionCommand.Text}");
    }

    /// <summary>Asks the instance on this machine; what keeps it from answering, and what it refuses, is one line that names the command.</summary>
    /// <exception cref="CommandException">It could not be asked, or refused.</exception>
    public static async Task<T> AskAsync<T>(string command, Configuration configuration, Func<KubernetesApi, Task<T>> ask)
    {
        using var api = Open(configuration);
        try
        {
            return await ask(api);
        }
        catch (ApiException e)
        {
            throw new CommandException($"{command}: {e.Message}", e);
        }
        catch (HttpRequestException e)
        {
            throw NotReached(command, configuration.ApiSocket, e);
        }
    }

    /// <summary>Why a request had no answer, for the user.</summary>
    public static CommandException NotReached(string command, string socket, HttpRequestException failure) => failure.InnerException switch
    {
        SocketException { SocketErrorCode: SocketError.AccessDenied } => new($"{command}: {socket} may be opened by root alone (try sudo)", failure),
        SocketException reason => new($"{command}: no instance answers on {socket}: {reason.Message}", failure),
        _ => new($"{command}: {failure.Message}", failure),
    };

    /// <summary>The version that the server tells, such as <c>v1.36.0+nacelle-0.1.0</c>; null where none answers within five seconds.</summary>
    /// <exception cref="CommandException">One answers, but not as an API server does; or its socket may not be opened.</exception>
    public static async Task<string?> ServerVersionAsync(Configuration configuration, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(AnswerTime);
        using var api = Open(configuration);
        try
        {
            return (await api.GetJsonAsync("/version", deadline.Token)).GetProperty("gitVersion").GetString();
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            throw new CommandException($"{configuration.ApiSocket} may be opened by root alone (try sudo)", e);
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
        catch (Exception e) when (e is ApiException or System.Text.Json.JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new CommandException($"what answers on {configuration.ApiSocket} is no Kubernetes API: {e.Message}", e);
        }
    }
}
