using System.Net;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Nacelle.Kubernetes.Client;

/// <summary>
/// Follows a collection: lists it, watches from there, resumes a broken watch at the last resourceVersion seen, and lists again when
/// that is too old (410). Never ends by itself: an unreachable server is retried with growing delays and logged.
/// </summary>
public sealed partial class Reflector<T>(
    KubernetesApi api, ResourceKind<T> kind, string? ns, ListQuery query, TimeProvider time, ILogger logger)
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private const int PageSize = 500;

    /// <summary>Ends after the token is cancelled.</summary>
    public async IAsyncEnumerable<ReflectorEvent<T>> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A channel of one keeps the producer at the consumer's pace, and lets errors be caught around the watch.
        var channel = Channel.CreateBounded<ReflectorEvent<T>>(1);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var producer = FollowAsync(channel.Writer, stop.Token);
        try
        {
            await foreach (var item in channel.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return item;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await producer.ConfigureAwait(false);
        }
    }

    private async Task FollowAsync(ChannelWriter<ReflectorEvent<T>> output, CancellationToken cancellationToken)
    {
        var delay = new ReconnectDelay(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10));
        string? version = null;
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                try
                {
                    version ??= await ListAsync(output, cancellationToken).ConfigureAwait(false);
                    var started = time.GetTimestamp();
                    await foreach (var item in WatchAsync(version, cancellationToken).ConfigureAwait(false))
                    {
                        version = item.Item.Metadata?.ResourceVersion ?? version;
                        delay.Reset();
                        await ForwardAsync(output, item, cancellationToken).ConfigureAwait(false);
                    }

                    if (time.GetElapsedTime(started) < TimeSpan.FromSeconds(1))
                    {
                        // A server that ends every watch at once must not be asked in a tight loop.
                        await Task.Delay(delay.Next(), time, cancellationToken).ConfigureAwait(false);
                    }
                }
                catch (ApiException e) when (e.Code is HttpStatusCode.Gone || e.Reason is "Expired" or "Gone")
                {
                    LogExpired(kind.Plural, version);
                    version = null;
                }
                catch (Exception e) when (e is ApiException or HttpRequestException or IOException or System.Text.Json.JsonException)
                {
                    var wait = delay.Next();
                    LogBroken(kind.Plural, e.Message, wait.TotalMilliseconds);
                    await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            output.TryComplete();
        }
        catch (Exception e)
        {
            output.TryComplete(e);
        }
    }

    /// <summary>The server is asked to end each watch after five to ten minutes, spread so that watches do not all end together.</summary>
    private IAsyncEnumerable<WatchEvent<T>> WatchAsync(string version, CancellationToken cancellationToken) =>
        api.WatchAsync(kind, ns, query with { ResourceVersion = version }, Random.Shared.Next(300, 600), cancellationToken);

    private static ValueTask ForwardAsync(ChannelWriter<ReflectorEvent<T>> output, WatchEvent<T> item, CancellationToken cancellationToken) =>
        item.Type switch
        {
            WatchEventType.Bookmark => ValueTask.CompletedTask,
            WatchEventType.Deleted => output.WriteAsync(new(ReflectorEventType.Deleted, [item.Item]), cancellationToken),
            _ => output.WriteAsync(new(ReflectorEventType.Upserted, [item.Item]), cancellationToken),
        };

    private async Task<string> ListAsync(ChannelWriter<ReflectorEvent<T>> output, CancellationToken cancellationToken)
    {
        var objects = new List<T>();
        var page = query with { Limit = PageSize };
        while (true)
        {
            var answer = await api.ListAsync(kind, ns, page, cancellationToken).ConfigureAwait(false);
            objects.AddRange(answer.Items);
            if (answer.Metadata?.ContinueProperty is not { Length: > 0 } token)
            {
                await output.WriteAsync(new(ReflectorEventType.Replaced, objects), cancellationToken).ConfigureAwait(false);
                return answer.Metadata?.ResourceVersion ?? "0";
            }

            page = page with { Continue = token };
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Kind}: version {Version} is too old, listing again")]
    private partial void LogExpired(string kind, string? version);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Kind}: list or watch failed, again in {Milliseconds:0} ms: {Error}")]
    private partial void LogBroken(string kind, string error, double milliseconds);
}
