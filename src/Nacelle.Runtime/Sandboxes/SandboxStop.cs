using Nacelle.Linux.Namespaces;
using Nacelle.Linux.Processes;
using Nacelle.Runtime.Containers;
using Runtime.V1;
using Signal = Nacelle.Linux.Processes.Signal;

namespace Nacelle.Runtime.Sandboxes;

/// <summary>Ends sandboxes. Each step can be repeated: what failed or was interrupted is done by the next call.</summary>
internal sealed class SandboxStop(RuntimeParts parts, ContainerStop containers, ContainerRemoval removal)
{
    private static readonly TimeSpan PauseDeadline = TimeSpan.FromSeconds(10);

    /// <summary>Kills what runs, gives back network and mounts. A sandbox that is stopped already stays so.</summary>
    public async Task StopAsync(Sandbox sandbox, CancellationToken cancellationToken)
    {
        // CRI: the client should have stopped them gracefully; what still runs is killed.
        var inside = parts.Containers.InSandbox(sandbox.Id);
        await Task.WhenAll(inside.Select(container => containers.StopAsync(container, TimeSpan.Zero, cancellationToken))).ConfigureAwait(false);

        // Afterwards the client may remove the Pod's cgroup: nothing of ours is in it any more.
        await Task.WhenAll(inside.Select(container => container.Watching)).WaitAsync(cancellationToken).ConfigureAwait(false);
        await sandbox.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (sandbox.Record.Phase != SandboxPhase.Stopped)
            {
                await ReleaseAsync(sandbox, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            sandbox.Gate.Release();
        }
    }

    /// <summary>Stops it if need be, removes its containers and its record.</summary>
    public async Task RemoveAsync(Sandbox sandbox, CancellationToken cancellationToken)
    {
        await StopAsync(sandbox, cancellationToken).ConfigureAwait(false);
        foreach (var container in parts.Containers.InSandbox(sandbox.Id))
        {
            await removal.RemoveAsync(container, cancellationToken).ConfigureAwait(false);
        }

        await sandbox.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var directory = parts.Directories.Sandbox(sandbox.Id);
            if (Directory.Exists(directory))
            {
                Directory.Delete(directory, recursive: true);
            }

            // The starter may have been killed while it wrote.
            File.Delete(parts.Directories.Exit(sandbox.Id));
            File.Delete(parts.Directories.Exit("." + sandbox.Id));
            parts.Sandboxes.Forget(sandbox);
        }
        finally
        {
            sandbox.Gate.Release();
        }

        parts.Events.Publish(sandbox, ContainerEventType.ContainerDeletedEvent);
    }

    /// <summary>Gives everything back but the record; used for a sandbox that was never finished, too.</summary>
    public async Task ReleaseAsync(Sandbox sandbox, CancellationToken cancellationToken)
    {
        var wasReady = sandbox.Record.Phase == SandboxPhase.Ready;
        await KillPauseAsync(sandbox, cancellationToken).ConfigureAwait(false);
        sandbox.LetGo();
        if (!sandbox.HasHostNetwork)
        {
            var netns = parts.Directories.NetworkNamespace(sandbox.Id);
            await parts.Network.TearDownAsync(sandbox.Id, netns, cancellationToken).ConfigureAwait(false);
            NetworkNamespace.Remove(netns);
        }

        SandboxFiles.UnmountSharedMemory(parts.Directories, sandbox.Id);
        await parts.LightCgroups.Open(sandbox.Record.CgroupPath).DestroyAsync(cancellationToken).ConfigureAwait(false);
        parts.Sandboxes.Save(sandbox, sandbox.Record with { Phase = SandboxPhase.Stopped });
        if (wasReady)
        {
            parts.Events.Publish(sandbox, ContainerEventType.ContainerStoppedEvent);
        }
    }

    private static async Task KillPauseAsync(Sandbox sandbox, CancellationToken cancellationToken)
    {
        if (sandbox.Pause is { } pause && pause.Send(Signal.Kill))
        {
            await sandbox.PauseEnded.Task.WaitAsync(PauseDeadline, cancellationToken).ConfigureAwait(false);
        }
    }
}
