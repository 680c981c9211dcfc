using System.Diagnostics;
using System.Globalization;
using Nacelle.Linux.Namespaces;
using Nacelle.Linux.Processes;
using Nacelle.Runtime.Sandboxes;
using Runtime.V1;

namespace Nacelle.Runtime.Containers;

/// <summary>Starts created containers: conmon and the OCI runtime make the process, then it is let run.</summary>
internal sealed class ContainerStart(RuntimeParts parts, ContainerCreate create, ContainerWatch watch)
{
    // As containerd reports a container that could not be started.
    private const int StartErrorCode = 128;

    private static readonly TimeSpan CleanDeadline = TimeSpan.FromSeconds(30);

    /// <exception cref="RuntimeException">It is not in state Created, or can't be started: then it is Exited with reason StartError.</exception>
    public async Task StartAsync(Container container, CancellationToken cancellationToken)
    {
        await container.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (container.Record.Phase != ContainerPhase.Created)
            {
                throw new RuntimeException(FailureKind.FailedPrecondition, $"container {container.Id} is {container.Record.Phase}, not Created");
            }

            var sandbox = parts.Sandboxes.Find(container.Record.SandboxId);
            if (!sandbox.IsReady)
            {
                throw new RuntimeException(FailureKind.FailedPrecondition, $"sandbox {sandbox.Id} is not running");
            }

            try
            {
                // A client that hangs up now must not leave half a container: from here on it is done or undone.
                await RunAsync(container, sandbox).ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                await FailAsync(container, failure).ConfigureAwait(false);
                throw;
            }

            parts.Events.Publish(container, sandbox, ContainerEventType.ContainerStartedEvent);
        }
        finally
        {
            container.Gate.Release();
        }
    }

    private async Task RunAsync(Container container, Sandbox sandbox)
    {
        var started = Stopwatch.GetTimestamp();
        using var deadline = new CancellationTokenSource(parts.Options.StartDeadline);

        // Of an earlier start that was interrupted: it would be taken for this one's end.
        File.Delete(parts.Directories.Exit(container.Id));
        var (pid, conmonPid) = await CreateAsync(container, sandbox, deadline.Token).ConfigureAwait(false);
        var created = Stopwatch.GetElapsedTime(started);

        // It waits for the runtime's start, so this is surely it, however short it will live.
        var process = PidFd.TryOpen(pid) ?? throw new RuntimeException("the container's process ended before its start");
        container.Process = process;
        container.PidNamespace = ThreadNamespaces.Open(pid, NamespaceKinds.Pid);

        // If this program is killed between the start and the record of it, the next one knows by this whom to look for: what has run once
        // must not run again. Only a crash of this program has to be outlived: after one of the machine nothing runs.
        var starting = container.Record with
        {
            StartedAt = parts.Time.Nanoseconds(),
            Pid = pid,
            StartTicks = ProcessFacts.TryRead(pid)?.StartTicks ?? 0,
            ConmonPid = conmonPid,
            ConmonStartTicks = ProcessFacts.TryRead(conmonPid)?.StartTicks ?? 0,
            BootId = parts.BootId,
        };
        parts.Containers.Save(container, starting, durable: false);
        await parts.OciRuntime.StartAsync(container.Id, deadline.Token).ConfigureAwait(false);
        parts.Containers.Save(container, starting with { Phase = ContainerPhase.Running });
        watch.Start(container);
        var total = Stopwatch.GetElapsedTime(started);
        RuntimeLog.ContainerStarted(
            parts.Logger, container.Id, container.Name, pid, total.TotalMilliseconds,
            string.Create(CultureInfo.InvariantCulture, $"conmon and create {created.TotalMilliseconds:F1}, start {(total - created).TotalMilliseconds:F1}"));
    }

    private async Task<(int Pid, int ConmonPid)> CreateAsync(Container container, Sandbox sandbox, CancellationToken cancellationToken)
    {
        using var namespaces = ContainerNamespaces.Open(sandbox, container.Config, parts.Containers);
        create.WriteConfig(container, sandbox, namespaces);
        return await parts.Conmon.CreateAsync(container, cancellationToken).ConfigureAwait(false);
    }

    private async Task FailAsync(Container container, Exception failure)
    {
        using var deadline = new CancellationTokenSource(CleanDeadline);
        try
        {
            await parts.OciRuntime.DeleteAsync(container.Id, deadline.Token).ConfigureAwait(false);
            await parts.Cgroups.Open(container.Record.CgroupPath).DestroyAsync(deadline.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The start's own failure is the one to report; RemoveContainer tries to tidy up again.
        catch (Exception second)
#pragma warning restore CA1031
        {
            RuntimeLog.TidyFailed(parts.Logger, container.Id, second);
        }

        container.LetGo();
        File.Delete(parts.Directories.Exit(container.Id));
        var now = parts.Time.Nanoseconds();
        parts.Containers.Save(container, container.Record with
        {
            Phase = ContainerPhase.Exited,
            StartedAt = 0,
            Pid = 0,
            ConmonPid = 0,
            FinishedAt = now,
            ExitCode = StartErrorCode,
            Reason = "StartError",
            Message = failure.Message,
        });
        container.Exited.TrySetResult();
    }
}
