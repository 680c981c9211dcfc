using Runtime.V1;

namespace Nacelle.Runtime.Containers;

/// <summary>Removes containers and all that belongs to them but their logs. Each step can be repeated.</summary>
internal sealed class ContainerRemoval(RuntimeParts parts, ContainerStop stop, ContainerWatch watch)
{
    /// <summary>Removes a container, killing it first if it runs.</summary>
    public async Task RemoveAsync(Container container, CancellationToken cancellationToken)
    {
        // The record goes too: a disk that is too full for it must not keep the container's own files from going.
        container.EndRecording.MakeOptional();
        await stop.StopAsync(container, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        await container.Watching.WaitAsync(cancellationToken).ConfigureAwait(false);
        await container.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await watch.TidyAsync(container, cancellationToken).ConfigureAwait(false);
            ContainerRootfs.Remove(parts.Directories, container.Id);
            parts.Containers.Forget(container);
            container.ImageHold?.Dispose();
            container.ImageHold = null;
        }
        finally
        {
            container.Gate.Release();
        }

        parts.Events.Publish(container, parts.Sandboxes.TryFind(container.Record.SandboxId), ContainerEventType.ContainerDeletedEvent);
    }
}
