using System.Globalization;
using Nacelle.Linux.Cgroups;
using Nacelle.Linux.Processes;
using Runtime.V1;

namespace Nacelle.Runtime.Containers;

/// <summary>
/// Notices the end of every container, kills what it left over, records how it ended and tidies up. Owns one task for each
/// running container. The truth is conmon's exit file; without it (conmon was killed too) the process's own end.
/// </summary>
internal sealed class ContainerWatch(RuntimeParts parts)
{
    // As containerd reports an end that nobody saw.
    private const int UnknownExitCode = 255;

    private static readonly TimeSpan ConmonDelay = TimeSpan.FromSeconds(2);

    // Longer than the sandbox's own record takes where nobody knows how /pause ended.
    private static readonly TimeSpan SandboxEndDelay = TimeSpan.FromSeconds(3);

    public void Start(Container container) => container.Watching = WatchAsync(container);

    /// <summary>Waits for the tasks to end after the runtime's token has been cancelled.</summary>
    public Task DrainAsync() => Task.WhenAll(parts.Containers.All.Select(container => container.Watching));

    /// <summary>Removes what the OCI runtime keeps of an ended container.</summary>
    public async Task TidyAsync(Container container, CancellationToken cancellationToken)
    {
        await parts.OciRuntime.DeleteAsync(container.Id, cancellationToken).ConfigureAwait(false);
        await parts.Cgroups.Open(container.Record.CgroupPath).DestroyAsync(cancellationToken).ConfigureAwait(false);
        File.Delete(parts.Directories.Exit(container.Id));
    }

    /// <summary>It ends right after it has written the exit file; until then its cgroup can't be removed.</summary>
    public async Task WaitForConmonAsync(Container container)
    {
        using var conmon = PidFd.TryOpen(container.Record.ConmonPid);
        if (conmon is not null && container.Record.BootId == parts.BootId && ProcessFacts.IsRunning(container.Record.ConmonPid, container.Record.ConmonStartTicks))
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(parts.Stopping);
            deadline.CancelAfter(ConmonDelay);
            try
            {
                await conmon.WaitForEndAsync(deadline.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!parts.Stopping.IsCancellationRequested)
            {
                // It waits for something of its own; its cgroup goes with the next container's or the sandbox.
            }
        }

        // Fails while another container's conmon is in it.
        ConmonGroup(container.Record.CgroupPath).Remove();
    }

    private async Task WatchAsync(Container container)
    {
        try
        {
            await RecordEndAsync(container).ConfigureAwait(false);
            container.LetGo();
            container.Exited.TrySetResult();
            parts.Events.Publish(container, parts.Sandboxes.TryFind(container.Record.SandboxId), ContainerEventType.ContainerStoppedEvent);
            await WaitForConmonAsync(container).ConfigureAwait(false);
            await TidyAsync(container, parts.Stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The runtime stops; the next one finds the end by itself.
            container.Exited.TrySetCanceled();
        }
#pragma warning disable CA1031 // This task must not die in silence.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            RuntimeLog.TidyFailed(parts.Logger, container.Id, failure);
        }
    }

    /// <summary>Goes on until the end is recorded: what fails now, on a full disk for example, is tried again.</summary>
    private async Task RecordEndAsync(Container container)
    {
        await new RetriedStep().RunAsync(() => WaitForAllEndsAsync(container), Report, parts.Time, parts.Stopping).ConfigureAwait(false);
        ContainerRecord? ended = null;
        await container.EndRecording.RunAsync(
            async () => parts.Containers.Save(container, ended ??= await DescribeEndAsync(container).ConfigureAwait(false)),
            Report,
            parts.Time,
            parts.Stopping).ConfigureAwait(false);
        if (ended is not null)
        {
            // So it is, even where it could not be written down and the client did not want to wait for that.
            container.Set(ended);
            RuntimeLog.ContainerEnded(parts.Logger, container.Id, container.Name, ended.ExitCode, ended.Reason, ended.Leftovers ?? 0);
        }

        void Report(Exception failure) => RuntimeLog.WatchFailed(parts.Logger, "container", container.Id, failure);
    }

    private async Task WaitForAllEndsAsync(Container container)
    {
        MoveConmon(container);
        await WaitForEndAsync(container).ConfigureAwait(false);
        await WaitForSandboxEndAsync(container).ConfigureAwait(false);
    }

    private Cgroup ConmonGroup(string containerPath) => parts.LightCgroups.Open(containerPath[..containerPath.LastIndexOf('/')] + "/conmon");

    /// <summary>conmon lives in the Pod's cgroup, so that it is counted there and outlives this program's own.</summary>
    private void MoveConmon(Container container)
    {
        // After a reboot its PID is somebody else's.
        if (container.Record.BootId != parts.BootId || !ProcessFacts.IsRunning(container.Record.ConmonPid, container.Record.ConmonStartTicks))
        {
            return;
        }

        try
        {
            var cgroup = ConmonGroup(container.Record.CgroupPath);
            cgroup.Create();
            cgroup.Add(container.Record.ConmonPid);
        }
        catch (IOException failure)
        {
            // It may have ended already; otherwise it merely is counted elsewhere.
            if (ProcessFacts.IsRunning(container.Record.ConmonPid, container.Record.ConmonStartTicks))
            {
                RuntimeLog.WatchFailed(parts.Logger, "conmon of container", container.Id, failure);
            }
        }
    }

    private async Task WaitForEndAsync(Container container)
    {
        using var stopWaiting = CancellationTokenSource.CreateLinkedTokenSource(parts.Stopping);
        var record = container.Record;
        var exit = parts.ExitFiles.WaitAsync(record.Id, stopWaiting.Token);
        using var conmon = PidFd.TryOpen(record.ConmonPid);
        if (conmon is not null && record.BootId == parts.BootId && ProcessFacts.IsRunning(record.ConmonPid, record.ConmonStartTicks))
        {
            await await Task.WhenAny(exit, conmon.WaitForEndAsync(stopWaiting.Token)).ConfigureAwait(false);
        }

        if (!File.Exists(parts.Directories.Exit(record.Id)) && container.Process is { } process)
        {
            // conmon is gone without a word: only the kernel can tell when the process ends, and nobody how.
            await await Task.WhenAny(exit, process.WaitForEndAsync(stopWaiting.Token)).ConfigureAwait(false);
        }

        await stopWaiting.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// When /pause ends in a shared namespace, the kernel ends the containers first and shows the end of /pause last. The sandbox's end is
    /// told first all the same: a client that saw only the containers' would start them again in a sandbox that is going.
    /// </summary>
    private async Task WaitForSandboxEndAsync(Container container)
    {
        if (parts.Sandboxes.TryFind(container.Record.SandboxId) is not { Namespaces.Pid: NamespaceMode.Pod } sandbox
            || !(sandbox.PauseEnded.Task.IsCompleted || ProcessFacts.TryRead(sandbox.Record.PausePid) is null or { IsExiting: true }))
        {
            return;
        }

        await Task.WhenAny(sandbox.Watching, Task.Delay(SandboxEndDelay, parts.Time, parts.Stopping)).ConfigureAwait(false);
        parts.Stopping.ThrowIfCancellationRequested();
    }

    /// <summary>Kills what is left and says how it ended.</summary>
    private async Task<ContainerRecord> DescribeEndAsync(Container container)
    {
        var record = container.Record;
        var cgroup = parts.Cgroups.Open(record.CgroupPath);
        var outOfMemory = cgroup.ReadOomKills() > 0;
        var leftovers = await cgroup.KillAllAsync(parts.Stopping).ConfigureAwait(false);
        var (code, at) = ReadExit(record.Id);
        var reason = code switch
        {
            null => "Unknown",
            not 0 when outOfMemory => "OOMKilled",
            0 => "Completed",
            _ => "Error",
        };
        return record with
        {
            Phase = ContainerPhase.Exited,

            // File systems stamp files with a clock that ticks, which may lag behind.
            FinishedAt = Math.Max(at, record.StartedAt),
            ExitCode = code ?? UnknownExitCode,
            Reason = reason,
            Message = code is null ? "nobody saw how it ended" : "",
            Leftovers = leftovers,
        };
    }

    private (int? Code, long At) ReadExit(string id)
    {
        var path = parts.Directories.Exit(id);
        return File.Exists(path) && int.TryParse(File.ReadAllText(path), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var code)
            ? (code, Clock.ToNanoseconds(File.GetLastWriteTimeUtc(path)))
            : (null, parts.Time.Nanoseconds());
    }
}
