using System.CommandLine;

using Grpc.Core;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

using Nacelle.Kubelet.Cri;
using Nacelle.Linux;
using Nacelle.Linux.Cgroups;
using Nacelle.Linux.Files;
using Nacelle.Linux.Mounts;
using Nacelle.Parts;
using Nacelle.Runtime;
using Nacelle.Runtime.Networking;

using Runtime.V1;

namespace Nacelle.Commands;

/// <summary>
/// Takes away what an instance that does not run any more has left on the machine: its Pods go on without it by design. Steps: end and
/// remove every sandbox by CRI, remove the network and the cgroups, unmount, remove the run directory. A step that fails is reported and the
/// next one is done all the same.
/// </summary>
internal static class DownCommand
{
    public static Command Create(CommonOptions options)
    {
        var removeState = new Option<bool>("--remove-state") { Description = "Remove the state directory too: objects, keys, images." };
        var command = new CommandWithExamples(
            "down",
            "End the Pods of an instance that does not run, and remove its network, mounts and cgroups.",
            "nacelle down",
            "nacelle down --state-dir /srv/nacelle --remove-state");
        foreach (var option in PartCommands.AllOptions(options).Append(removeState))
        {
            command.Options.Add(option);
        }

        command.SetAction((result, cancellationToken) => RunAsync(options.Read(result), result.GetValue(removeState), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Configuration configuration, bool removeState, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new CommandException("must be run as root (try sudo)");
        }

        var complete = true;
        var runtime = new PartFactory(configuration).RuntimeOptions;
        if (Directory.Exists(runtime.StateDirectory))
        {
            complete &= await StepAsync("Pods", () => RemoveSandboxesAsync(runtime, configuration.PodLogsDirectory, cancellationToken));
        }

        // No instance may start on what is being taken away. The run directory goes last, as every start takes its lock first.
        using var runLock = Hold(configuration.RunDirectory);
        using var stateLock = Hold(runtime.StateDirectory);
        if (stateLock is not null)
        {
            complete &= await StepAsync("network", () => RemoveNetworkAsync(runtime.Network, cancellationToken));
        }

        complete &= await StepAsync("cgroups", () => RemoveCgroups(configuration.CgroupRoot));

        // What is still mounted may be a directory of the host, which must not be emptied: then nothing is deleted.
        if (!await StepAsync("mounts", () => Unmount(configuration.StateDirectory, configuration.RunDirectory)))
        {
            return ExitCode.Failure;
        }

        if (removeState)
        {
            complete &= await StepAsync("state", () => RemoveDirectory(configuration.StateDirectory));
        }

        complete &= await StepAsync("run directory", () => RemoveDirectory(configuration.RunDirectory));
        return complete ? ExitCode.Done : ExitCode.Failure;
    }

    /// <exception cref="CommandException">An instance runs on it: nothing of it may be taken away.</exception>
    private static InstanceLock? Hold(string directory)
    {
        try
        {
            return Directory.Exists(directory) ? InstanceLock.Take(directory) : null;
        }
        catch (RuntimeStartException e)
        {
            throw new CommandException($"down: {e.Message}", e);
        }
    }

    private static async Task<bool> StepAsync(string name, Func<Task> step)
    {
        try
        {
            await step();
            return true;
        }
        catch (RuntimeStartException e)
        {
            // Most likely the instance runs: nothing of it may be taken away then.
            throw new CommandException($"down: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or RpcException or LinuxException or PodNetworkException or UnauthorizedAccessException
            or InvalidOperationException or TimeoutException)
        {
            await Console.Error.WriteLineAsync($"nacelle: down: {name}: {e.Message}");
            return false;
        }
    }

    private static async Task RemoveSandboxesAsync(RuntimeOptions options, string logs, CancellationToken cancellationToken)
    {
        await using var host = await RuntimeHost.StartAsync(options, NullLoggerFactory.Instance, cancellationToken);
        using var cri = new CriClient(options.SocketPath);
        var sandboxes = await cri.Runtime.ListPodSandboxAsync(new ListPodSandboxRequest(), cancellationToken: cancellationToken);
        List<string> failures = [];
        foreach (var sandbox in sandboxes.Items)
        {
            try
            {
                await RemoveSandboxAsync(cri, sandbox, logs, cancellationToken);
            }
            catch (Exception e) when (e is RpcException or IOException)
            {
                failures.Add($"{sandbox.Metadata.Namespace}/{sandbox.Metadata.Name}: {(e is RpcException refusal ? refusal.Status.Detail : e.Message)}");
            }
        }

        if (failures.Count > 0)
        {
            throw new IOException(string.Join("; ", failures));
        }
    }

    private static async Task RemoveSandboxAsync(CriClient cri, PodSandbox sandbox, string logs, CancellationToken cancellationToken)
    {
        await cri.Runtime.StopPodSandboxAsync(new StopPodSandboxRequest { PodSandboxId = sandbox.Id }, cancellationToken: cancellationToken);
        await cri.Runtime.RemovePodSandboxAsync(new RemovePodSandboxRequest { PodSandboxId = sandbox.Id }, cancellationToken: cancellationToken);

        // Named as the kubelet names it; what another instance logs there stays.
        await RemoveDirectory(Path.Combine(logs, $"{sandbox.Metadata.Namespace}_{sandbox.Metadata.Name}_{sandbox.Metadata.Uid}"));
    }

    private static async Task RemoveNetworkAsync(PodNetworkOptions options, CancellationToken cancellationToken)
    {
        await using var network = await PodNetwork.StartAsync(options, NullLoggerFactory.Instance, TimeProvider.System, cancellationToken);
        await network.RemoveAllAsync(cancellationToken);
    }

    private static Task Unmount(params string[] directories)
    {
        // What was mounted last may stand on what was mounted before. One that can't be unmounted does not keep the others.
        LinuxException? failure = null;
        foreach (var mount in Beneath(directories).Reverse())
        {
            try
            {
                FileSystemMount.Unmount(mount.MountPoint);
            }
            catch (LinuxException e)
            {
                failure = e;
            }
        }

        return Beneath(directories).FirstOrDefault() is { } left
            ? throw new IOException($"{left.MountPoint} is still mounted, nothing is deleted: {failure?.Message}")
            : Task.CompletedTask;
    }

    private static IEnumerable<MountEntry> Beneath(string[] directories) =>
        MountEntry.ReadAll().Where(m => directories.Any(d => m.MountPoint.StartsWith(d + "/", StringComparison.Ordinal)));

    private static Task RemoveCgroups(string root)
    {
        var cgroup = CgroupTree.Detect().Open(root);
        return cgroup.Remove() ? Task.CompletedTask : throw new IOException($"{root} still has processes");
    }

    private static Task RemoveDirectory(string path)
    {
        if (Directory.Exists(path))
        {
            FileTree.Remove(path);
        }

        return Task.CompletedTask;
    }
}
