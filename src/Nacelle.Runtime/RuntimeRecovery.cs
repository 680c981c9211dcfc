using System.Text.Json;
using Nacelle.Linux;
using Nacelle.Linux.Namespaces;
using Nacelle.Linux.Processes;
using Nacelle.Runtime.Containers;
using Nacelle.Runtime.Networking;
using Nacelle.Runtime.Sandboxes;
using Runtime.V1;
using Container = Nacelle.Runtime.Containers.Container;

namespace Nacelle.Runtime;

/// <summary>
/// Finds again what an earlier run of this program left: the records say what there is, the kernel and the exit files what runs.
/// What was only half made is removed.
/// </summary>
internal sealed class RuntimeRecovery(RuntimeParts parts, SandboxWatch sandboxWatch, SandboxStop sandboxStop, ContainerWatch containerWatch)
{
    /// <exception cref="RuntimeStartException">A record was written by a newer version.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var directory in Directory.GetDirectories(parts.Directories.Sandboxes))
        {
            await LoadSandboxAsync(directory, cancellationToken).ConfigureAwait(false);
        }

        foreach (var directory in Directory.GetDirectories(parts.Directories.Containers))
        {
            await LoadContainerAsync(directory, cancellationToken).ConfigureAwait(false);
        }

        await parts.Network.KeepOnlyAsync(
            parts.Sandboxes.All.Where(sandbox => sandbox.Record.Phase != SandboxPhase.Stopped).Select(sandbox => sandbox.Id).ToHashSet(StringComparer.Ordinal),
            cancellationToken).ConfigureAwait(false);
        parts.Images.ReleaseUnheld();
    }

    private async Task LoadSandboxAsync(string directory, CancellationToken cancellationToken)
    {
        var id = Path.GetFileName(directory);
        var record = Read($"{directory}/sandbox.json", RecordJson.Default.SandboxRecord, value => value.Version, SandboxRecord.CurrentVersion);
        if (record is null)
        {
            await RemoveUnfinishedAsync("sandbox", id, token => RemoveUnknownSandboxAsync(id, token), cancellationToken).ConfigureAwait(false);
            return;
        }

        var sandbox = new Sandbox(record, PodSandboxConfig.Parser.ParseFrom(record.Config));
        if (record.Phase == SandboxPhase.Creating)
        {
            await RemoveUnfinishedAsync("sandbox", id, async token =>
            {
                await sandboxStop.ReleaseAsync(sandbox, token).ConfigureAwait(false);
                RemoveSandboxFiles(id);
            }, cancellationToken).ConfigureAwait(false);
            return;
        }

        parts.Sandboxes.Add(sandbox);
        if (record.Phase != SandboxPhase.Ready)
        {
            sandbox.PauseEnded.TrySetResult();
        }
        else if (record.BootId == parts.BootId && TryHold(sandbox))
        {
            sandboxWatch.Start(sandbox);
        }
        else
        {
            await sandboxWatch.StartEndedAsync(sandbox, seen: record.BootId == parts.BootId).ConfigureAwait(false);
        }
    }

    /// <summary>Without a readable record only the id is known: everything of a sandbox is named by it, its cgroup too.</summary>
    private async Task RemoveUnknownSandboxAsync(string id, CancellationToken cancellationToken)
    {
        foreach (var path in ObjectId.IsOwn(id) ? parts.LightCgroups.Find(id) : [])
        {
            await parts.LightCgroups.Open(path).DestroyAsync(cancellationToken).ConfigureAwait(false);
        }

        var netns = parts.Directories.NetworkNamespace(id);
        await parts.Network.TearDownAsync(id, netns, cancellationToken).ConfigureAwait(false);
        NetworkNamespace.Remove(netns);
        SandboxFiles.UnmountSharedMemory(parts.Directories, id);
        RemoveSandboxFiles(id);
    }

    private void RemoveSandboxFiles(string id)
    {
        Directory.Delete(parts.Directories.Sandbox(id), recursive: true);
        File.Delete(parts.Directories.Exit(id));
        File.Delete(parts.Directories.Exit("." + id));
    }

    private static bool TryHold(Sandbox sandbox)
    {
        var pause = PidFd.TryOpen(sandbox.Record.PausePid);
        if (pause is null || !ProcessFacts.IsRunning(sandbox.Record.PausePid, sandbox.Record.PauseStartTicks))
        {
            pause?.Dispose();
            return false;
        }

        try
        {
            sandbox.Hold(pause);
            return true;
        }
        catch (LinuxException)
        {
            // It has ended just now.
            sandbox.LetGo();
            return false;
        }
    }

    private async Task LoadContainerAsync(string directory, CancellationToken cancellationToken)
    {
        var id = Path.GetFileName(directory);
        var record = Read($"{directory}/container.json", RecordJson.Default.ContainerRecord, value => value.Version, ContainerRecord.CurrentVersion);
        if (record is null || parts.Sandboxes.TryFind(record.SandboxId) is null)
        {
            await RemoveUnfinishedAsync("container", id, token => RemoveContainerAsync(id, record, token), cancellationToken).ConfigureAwait(false);
            return;
        }

        var container = new Container(record, ContainerConfig.Parser.ParseFrom(record.Config));
        try
        {
            container.ImageHold = parts.Images.Hold(record.ImageId);
        }
        catch (Images.ImageException failure)
        {
            RuntimeLog.BadRecord(parts.Logger, directory, failure);
        }

        parts.Containers.Add(container);
        switch (record.Phase)
        {
            case ContainerPhase.Running:
                Hold(container);
                containerWatch.Start(container);
                break;

            case ContainerPhase.Created:
                await FinishStartAsync(container, cancellationToken).ConfigureAwait(false);
                break;
            default:
                container.Exited.TrySetResult();
                break;
        }
    }

    /// <summary>
    /// A start may have been under way. A command that was let run is kept, it must not run twice; a process that still waits is removed, and
    /// the container can be started again.
    /// </summary>
    private async Task FinishStartAsync(Container container, CancellationToken cancellationToken)
    {
        var record = container.Record;
        try
        {
            if (record.Pid > 0 && record.BootId == parts.BootId && await parts.OciRuntime.HasStartedAsync(record.Id, cancellationToken).ConfigureAwait(false))
            {
                SaveRunning(container);
                Hold(container);
                containerWatch.Start(container);
                return;
            }

            await parts.OciRuntime.DeleteAsync(record.Id, cancellationToken).ConfigureAwait(false);
            await containerWatch.WaitForConmonAsync(container).ConfigureAwait(false);
            File.Delete(parts.Directories.Exit(record.Id));
        }
        catch (Exception failure) when (failure is RuntimeException or IOException)
        {
            // One bad container does not keep the runtime from starting; its removal tries again.
            RuntimeLog.BadRecord(parts.Logger, parts.Directories.Container(record.Id), failure);
        }
    }

    /// <summary>It runs, whether that can be written down or not: its end is recorded anyway.</summary>
    private void SaveRunning(Container container)
    {
        var running = container.Record with { Phase = ContainerPhase.Running };
        try
        {
            parts.Containers.Save(container, running);
        }
        catch (IOException failure)
        {
            container.Set(running);
            RuntimeLog.BadRecord(parts.Logger, parts.Directories.Container(running.Id), failure);
        }
    }

    private void Hold(Container container)
    {
        var record = container.Record;
        if (record.BootId != parts.BootId)
        {
            return;
        }

        var process = PidFd.TryOpen(record.Pid);
        if (process is not null && ProcessFacts.IsRunning(record.Pid, record.StartTicks))
        {
            container.Process = process;
            try
            {
                container.PidNamespace = ThreadNamespaces.Open(record.Pid, NamespaceKinds.Pid);
            }
            catch (LinuxException)
            {
                // It has ended just now, which is noticed by its descriptor.
            }
        }
        else
        {
            process?.Dispose();
        }
    }

    private async Task RemoveContainerAsync(string id, ContainerRecord? record, CancellationToken cancellationToken)
    {
        await parts.OciRuntime.DeleteAsync(id, cancellationToken).ConfigureAwait(false);
        if (record is not null)
        {
            await parts.Cgroups.Open(record.CgroupPath).DestroyAsync(cancellationToken).ConfigureAwait(false);
            await containerWatch.WaitForConmonAsync(new Container(record, ContainerConfig.Parser.ParseFrom(record.Config))).ConfigureAwait(false);
        }

        ContainerRootfs.Remove(parts.Directories, id);
        File.Delete(parts.Directories.Exit(id));
    }

    /// <summary>The record; null when there is none, or it is not readable.</summary>
    private T? Read<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, Func<T, int> version, int current)
        where T : class
    {
        if (!File.Exists(path))
        {
            return null;
        }

        T? record;
        try
        {
            record = JsonSerializer.Deserialize(File.ReadAllBytes(path), type);
        }
        catch (JsonException failure)
        {
            RuntimeLog.UnreadableRecord(parts.Logger, path, failure);
            return null;
        }

        return record is not null && version(record) > current
            ? throw new RuntimeStartException($"{path} was written by a newer version of Nacelle (format {version(record)}, this one knows {current})")
            : record;
    }

    private async Task RemoveUnfinishedAsync(string what, string id, Func<CancellationToken, Task> remove, CancellationToken cancellationToken)
    {
        try
        {
            await remove(cancellationToken).ConfigureAwait(false);
            RuntimeLog.RemovedUnfinished(parts.Logger, what, id);
        }
        catch (Exception failure) when (failure is IOException or RuntimeException or PodNetworkException or UnauthorizedAccessException)
        {
            RuntimeLog.RemoveUnfinishedFailed(parts.Logger, what, id, failure);
        }
    }
}
