using Runtime.V1;

namespace Nacelle.Runtime.Sandboxes;

/// <summary>Notices the end of every /pause, and records what is known of it. Owns one task for each running sandbox.</summary>
internal sealed class SandboxWatch(RuntimeParts parts)
{
    // nacelle-sandbox writes the exit file right after it has reaped /pause.
    private static readonly TimeSpan ExitFileDelay = TimeSpan.FromSeconds(2);

    public void Start(Sandbox sandbox) => sandbox.Watching = WatchAsync(sandbox);

    /// <summary>Waits for the tasks to end after the runtime's token has been cancelled.</summary>
    public Task DrainAsync() => Task.WhenAll(parts.Sandboxes.All.Select(sandbox => sandbox.Watching));

    /// <summary>Records an end that was found after a restart of this program. Returns when it is recorded, or can't be now and is tried again.</summary>
    /// <param name="seen">Whether somebody could see it: not when the machine went down with it.</param>
    public Task StartEndedAsync(Sandbox sandbox, bool seen)
    {
        sandbox.PauseEnded.TrySetResult();
        sandbox.Watching = GuardAsync(sandbox, () => RecordEndAsync(sandbox, seen));
        return Task.WhenAny(sandbox.Watching, sandbox.EndRecording.Failed);
    }

    /// <summary>Goes on until the end is recorded: what fails now, on a full disk for example, is tried again.</summary>
    private async Task RecordEndAsync(Sandbox sandbox, bool seen)
    {
        SandboxEnd? end = null;
        await sandbox.EndRecording.RunAsync(
            async () =>
            {
                end ??= await ReadEndAsync(sandbox, seen).ConfigureAwait(false);
                await SaveAsync(sandbox, end).ConfigureAwait(false);
            },
            failure => RuntimeLog.WatchFailed(parts.Logger, "sandbox", sandbox.Id, failure),
            parts.Time,
            parts.Stopping).ConfigureAwait(false);
    }

    private async Task<SandboxEnd> ReadEndAsync(Sandbox sandbox, bool seen)
    {
        SandboxEnd? end = null;
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(parts.Stopping);
            deadline.CancelAfter(seen ? ExitFileDelay : TimeSpan.Zero);
            await parts.ExitFiles.WaitAsync(sandbox.Id, deadline.Token).ConfigureAwait(false);
            end = SandboxEnd.Parse(await File.ReadAllTextAsync(parts.Directories.Exit(sandbox.Id), deadline.Token).ConfigureAwait(false));
            end = end is null ? null : end with { SenderContainer = ContainerOf(sandbox, end.SenderCgroup) };
        }
        catch (OperationCanceledException) when (!parts.Stopping.IsCancellationRequested)
        {
            // Its keeper was killed too: nobody knows how it ended.
        }

        return end ?? new SandboxEnd(parts.Time.Nanoseconds(), null, 0, null, null);
    }

    /// <summary>A container's cgroup bears its id, and so do those that it makes beneath.</summary>
    private string? ContainerOf(Sandbox sandbox, string? cgroup) => cgroup is null
        ? null
        : parts.Containers.InSandbox(sandbox.Id).FirstOrDefault(container => cgroup.Split('/').Contains(container.Id))?.Name;

    private async Task SaveAsync(Sandbox sandbox, SandboxEnd end)
    {
        await sandbox.Gate.WaitAsync(parts.Stopping).ConfigureAwait(false);
        try
        {
            if (sandbox.Record.Phase == SandboxPhase.Ready)
            {
                parts.Sandboxes.Save(sandbox, sandbox.Record with { Phase = SandboxPhase.Ended, End = end });
                RuntimeLog.SandboxEnded(parts.Logger, sandbox.Id, SandboxStatusInfo.Describe(end));
                parts.Events.Publish(sandbox, ContainerEventType.ContainerStoppedEvent);
            }
        }
        finally
        {
            sandbox.Gate.Release();
        }
    }

    private Task WatchAsync(Sandbox sandbox) => GuardAsync(sandbox, async () =>
    {
        await sandbox.Pause!.WaitForEndAsync(parts.Stopping).ConfigureAwait(false);
        sandbox.PauseEnded.TrySetResult();
        await RecordEndAsync(sandbox, seen: true).ConfigureAwait(false);
    });

    private async Task GuardAsync(Sandbox sandbox, Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The runtime stops; the next one finds the end by itself.
        }
#pragma warning disable CA1031 // This task must not die in silence.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            RuntimeLog.WatchFailed(parts.Logger, "sandbox", sandbox.Id, failure);
        }
        finally
        {
            sandbox.PauseEnded.TrySetResult();
        }
    }
}
