using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Nacelle.Linux.Cgroups;
using Nacelle.Linux.Namespaces;
using Nacelle.Linux.Processes;
using Runtime.V1;

namespace Nacelle.Runtime.Sandboxes;

/// <summary>Makes a sandbox: network namespace and network, /pause in its namespaces, shared files. All or nothing.</summary>
internal sealed class SandboxRun(RuntimeParts parts, SandboxWatch watch)
{
    // /pause is the last that the kernel should kill for memory: with it the Pod ends.
    private const long PauseOomScore = -998;

    public async Task<Sandbox> RunAsync(PodSandboxConfig config, string runtimeHandler, CancellationToken cancellationToken)
    {
        SandboxConfigCheck.Check(config, runtimeHandler);
        var sysctls = SandboxSysctls.Resolve(config);
        var id = ObjectId.Create();
        var parent = config.Linux?.CgroupParent is { Length: > 0 } given ? given : parts.Options.DefaultCgroupParent;
        var sandbox = new Sandbox(
            new SandboxRecord
            {
                Id = id,
                Phase = SandboxPhase.Creating,
                Config = config.ToByteArray(),
                RuntimeHandler = runtimeHandler,
                CreatedAt = parts.Time.Nanoseconds(),
                CgroupPath = $"{parent.TrimEnd('/')}/{id}",
                BootId = parts.BootId,
            },
            config);
        var rollback = new Rollback(parts.Logger);
        try
        {
            await MakeAsync(sandbox, sysctls, rollback, cancellationToken).ConfigureAwait(false);
            return sandbox;
        }
        catch (Exception failure)
        {
            throw await rollback.UndoAsync(failure).ConfigureAwait(false);
        }
    }

    private async Task MakeAsync(Sandbox sandbox, ImmutableArray<string> sysctls, Rollback rollback, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var id = sandbox.Id;
        rollback.Add("delete the record", () => Directory.Delete(parts.Directories.Sandbox(id), recursive: true));
        rollback.Add("delete the exit files", () =>
        {
            File.Delete(parts.Directories.Exit(id));
            File.Delete(parts.Directories.Exit("." + id));
        });

        // Written first and without a flush: after a crash of this program it tells what to tidy up, after a power cut there is nothing.
        parts.Sandboxes.Save(sandbox, sandbox.Record, durable: false);
        var cgroup = parts.LightCgroups.Open(sandbox.Record.CgroupPath);
        rollback.Add("remove the cgroup", cgroup.DestroyAsync);
        cgroup.Create();
        var namespaceReady = MakeNetworkNamespace(sandbox, rollback);
        var prepared = Stopwatch.GetElapsedTime(started);

        // The network and /pause need the namespace only, not each other.
        var network = SetUpNetworkAsync(sandbox, namespaceReady, rollback, cancellationToken);
        var pause = StartPauseAsync(sandbox, namespaceReady, sysctls, cgroup, cancellationToken);
        await Task.WhenAll(network, pause).ConfigureAwait(false);
        var addresses = await network.ConfigureAwait(false);
        var pid = await pause.ConfigureAwait(false);
        var running = Stopwatch.GetElapsedTime(started);

        SandboxFiles.Write(parts.Directories, id, sandbox.Config, addresses);
        if (sandbox.Namespaces.Ipc != NamespaceMode.Node)
        {
            rollback.Add("unmount /dev/shm", () => SandboxFiles.UnmountSharedMemory(parts.Directories, id));
            SandboxFiles.MountSharedMemory(parts.Directories, id, parts.Options.SharedMemorySize);
        }

        Hold(sandbox, pid);
        rollback.Add("let go of the namespaces", sandbox.LetGo);
        var facts = ProcessFacts.TryRead(pid) ?? throw new RuntimeException("/pause ended at once");
        parts.Sandboxes.Save(sandbox, sandbox.Record with
        {
            Phase = SandboxPhase.Ready,
            Addresses = addresses,
            PausePid = pid,
            PauseStartTicks = facts.StartTicks,
        });
        parts.Sandboxes.Add(sandbox);
        watch.Start(sandbox);
        var total = Stopwatch.GetElapsedTime(started);
        RuntimeLog.SandboxStarted(
            parts.Logger, id, sandbox.Config.Metadata.Namespace, sandbox.Config.Metadata.Name, total.TotalMilliseconds,
            string.Create(CultureInfo.InvariantCulture, $"namespace and cgroup {prepared.TotalMilliseconds:F1}, network and /pause {(running - prepared).TotalMilliseconds:F1}, files {(total - running).TotalMilliseconds:F1}"));
    }

    private string? MakeNetworkNamespace(Sandbox sandbox, Rollback rollback)
    {
        if (sandbox.HasHostNetwork)
        {
            return null;
        }

        var path = parts.Directories.NetworkNamespace(sandbox.Id);
        rollback.Add("remove the network namespace", () => NetworkNamespace.Remove(path));
        NetworkNamespace.Create(path);
        return path;
    }

    private async Task<ImmutableArray<string>> SetUpNetworkAsync(Sandbox sandbox, string? netns, Rollback rollback, CancellationToken cancellationToken)
    {
        if (netns is null)
        {
            return [];
        }

        var result = await parts.Network.SetUpAsync(sandbox.Id, netns, sandbox.Config, cancellationToken).ConfigureAwait(false);
        rollback.Add("tear the network down", token => parts.Network.TearDownAsync(sandbox.Id, netns, token));
        return [.. result.Addresses.Select(address => address.ToString())];
    }

    private Task<int> StartPauseAsync(Sandbox sandbox, string? netns, ImmutableArray<string> sysctls, Cgroup cgroup, CancellationToken cancellationToken)
    {
        var security = sandbox.Config.Linux?.SecurityContext;
        return new PauseStart
        {
            Id = sandbox.Id,
            Launcher = parts.SandboxLauncher,
            Directories = parts.Directories,
            NetworkNamespace = netns,

            // In the host's network the host's name stays, as other runtimes do.
            Hostname = netns is null ? null : sandbox.Config.Hostname is { Length: > 0 } name ? name : Environment.MachineName,
            NewIpc = sandbox.Namespaces.Ipc != NamespaceMode.Node,
            NewPid = sandbox.Namespaces.Pid != NamespaceMode.Node,
            CgroupFiles = [.. cgroup.Directories.Select(directory => directory + "/cgroup.procs")],
            Sysctls = sysctls,
            OomScoreAdj = Math.Max(PauseOomScore, parts.OomScoreFloor ?? PauseOomScore),
            Uid = (uint)(security?.RunAsUser?.Value ?? 0),
            Gid = (uint)(security?.RunAsGroup?.Value ?? 0),
            Groups = [.. security?.SupplementalGroups.Select(group => (uint)group) ?? []],
        }.RunAsync(cancellationToken);
    }

    private static void Hold(Sandbox sandbox, int pid)
    {
        var pause = PidFd.TryOpen(pid) ?? throw new RuntimeException("/pause ended at once");
        sandbox.Hold(pause);
    }
}
