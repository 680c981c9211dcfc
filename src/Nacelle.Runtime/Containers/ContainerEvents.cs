using System.Collections.Concurrent;
using System.Threading.Channels;
using Nacelle.Runtime.Sandboxes;
using Runtime.V1;

namespace Nacelle.Runtime.Containers;

/// <summary>Tells every open GetContainerEvents stream what happens. A client that does not keep up is cut off and lists anew.</summary>
internal sealed class ContainerEvents(ContainerStore containers, TimeProvider time)
{
    private const int Backlog = 1024;

    private readonly ConcurrentDictionary<Channel<ContainerEventResponse>, byte> subscribers = new();

    public void Publish(Sandbox sandbox, ContainerEventType type) => Publish(sandbox.Id, sandbox, type);

    public void Publish(Container container, Sandbox? sandbox, ContainerEventType type) => Publish(container.Id, sandbox, type);

    /// <summary>Events from now on, until the token is cancelled.</summary>
    /// <exception cref="RuntimeException">The client fell behind.</exception>
    public async IAsyncEnumerable<ContainerEventResponse> SubscribeAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<ContainerEventResponse>(Backlog);
        subscribers[channel] = 0;
        try
        {
            await foreach (var response in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return response;
            }
        }
        finally
        {
            subscribers.TryRemove(channel, out _);
        }
    }

    private void Publish(string id, Sandbox? sandbox, ContainerEventType type)
    {
        if (subscribers.IsEmpty)
        {
            return;
        }

        var response = new ContainerEventResponse { ContainerId = id, ContainerEventType = type, CreatedAt = time.Nanoseconds() };
        if (sandbox is not null)
        {
            response.PodSandboxStatus = SandboxStatusInfo.Status(sandbox);
            response.ContainersStatuses.AddRange(containers.InSandbox(sandbox.Id).Select(ContainerStatusInfo.Status));
        }

        foreach (var channel in subscribers.Keys)
        {
            if (!channel.Writer.TryWrite(response))
            {
                channel.Writer.TryComplete(new RuntimeException("the client does not read events fast enough; list and subscribe again"));
            }
        }
    }
}
