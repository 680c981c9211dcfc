using System.Text.Json;
using Google.Protobuf;
using Nacelle.Linux.Files;
using Nacelle.Linux.Namespaces;
using Nacelle.Runtime.Images;
using Nacelle.Runtime.Oci;
using Nacelle.Runtime.Oci.Spec;
using Nacelle.Runtime.Sandboxes;
using Runtime.V1;
using Image = Nacelle.Runtime.Images.Image;

namespace Nacelle.Runtime.Containers;

/// <summary>Makes containers: root file system and OCI configuration. No process runs before StartContainer.</summary>
internal sealed class ContainerCreate(RuntimeParts parts, ulong availableCapabilities)
{
    /// <exception cref="RuntimeException">The request is wrong, or the sandbox is not running.</exception>
    public async Task<Container> CreateAsync(Sandbox sandbox, ContainerConfig config, CancellationToken cancellationToken)
    {
        Check(config);
        var image = await FindImageAsync(config).ConfigureAwait(false);
        await sandbox.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!sandbox.IsReady)
            {
                throw new RuntimeException(FailureKind.FailedPrecondition, $"sandbox {sandbox.Id} is not running");
            }

            return await CreateAsync(sandbox, config, image).ConfigureAwait(false);
        }
        finally
        {
            sandbox.Gate.Release();
        }
    }

    /// <summary>Writes config.json, at the creation, and again before a start when <see cref="Container.IsConfigCurrent"/> says no.</summary>
    public void WriteConfig(Container container, Sandbox sandbox, OciImageConfig image)
    {
        var security = container.Config.Linux?.SecurityContext;
        var record = container.Record;
        var input = new OciConfigInput
        {
            Config = container.Config,
            SandboxConfig = sandbox.Config,
            Image = image,
            User = new OciUser { Uid = record.Uid, Gid = record.Gid, AdditionalGids = record.Groups },
            Rootfs = parts.Directories.Rootfs(record.Id),
            CgroupPath = record.CgroupPath,
            Cgroups = parts.Cgroups.Version,
            SharedMemory = sandbox.Namespaces.Ipc == NamespaceMode.Node ? "/dev/shm" : parts.Directories.SharedMemory(sandbox.Id),
            SandboxDirectory = parts.Directories.Sandbox(sandbox.Id),
            Hostname = sandbox.HasHostNetwork || sandbox.Config.Hostname.Length == 0 ? Environment.MachineName : sandbox.Config.Hostname,
            Namespaces = Namespaces(sandbox, security?.NamespaceOptions),
            AvailableCapabilities = availableCapabilities,
            OomScoreFloor = parts.OomScoreFloor,
        };
        var json = JsonSerializer.SerializeToUtf8Bytes(OciConfigBuilder.Build(input), BundleJson.Default.OciConfig);
        AtomicFile.Write($"{parts.Directories.Bundle(record.Id)}/config.json", json, durable: false);

        // A target container may end before the start: then its namespace has to be looked for again.
        container.IsConfigCurrent = security?.NamespaceOptions?.Pid != NamespaceMode.Target;
    }

    private static void Check(ContainerConfig? config)
    {
        if (config?.Metadata is not { Name.Length: > 0 })
        {
            throw RuntimeException.Invalid("container config: metadata needs a name");
        }

        if (config.Image is not { Image.Length: > 0 })
        {
            throw RuntimeException.Invalid("container config: image is required");
        }

        if (config.LogPath.Split('/').Contains(".."))
        {
            throw RuntimeException.Invalid($"log_path \"{config.LogPath}\" leaves the log directory");
        }
    }

    private async Task<Image> FindImageAsync(ContainerConfig config)
    {
        try
        {
            return await parts.Images.FindAsync(config.Image.Image).ConfigureAwait(false)
                ?? throw RuntimeException.NotFound("image", config.Image.Image);
        }
        catch (ImageException failure)
        {
            throw new RuntimeException(FailureKind.InvalidArgument, failure.Message, failure);
        }
    }

    private async Task<Container> CreateAsync(Sandbox sandbox, ContainerConfig config, Image image)
    {
        var id = ObjectId.Create();
        var rollback = new Rollback(parts.Logger);
        var hold = parts.Images.Hold(image.Id);
        rollback.Add("let go of the image", hold.Dispose);
        try
        {
            rollback.Add("remove the root file system", () => ContainerRootfs.Remove(parts.Directories, id));
            var workingDirectory = config.WorkingDir is { Length: > 0 } own ? own : image.Config.WorkingDir is { Length: > 0 } given ? given : "/";
            ContainerRootfs.Mount(parts.Directories, id, image, workingDirectory);
            var user = ContainerUsers.Resolve(parts.Directories.Rootfs(id), config.Linux?.SecurityContext, image.Config.User);
            var container = new Container(NewRecord(id, sandbox, config, image, user), config) { ImageHold = hold };

            // Also finds whatever is wrong with the request, while nothing runs yet.
            WriteConfig(container, sandbox, image.Config);
            MountSources.CreateMissing(config);
            MakeLogDirectory(container);
            parts.Containers.Save(container, container.Record);
            parts.Containers.Add(container);
            parts.Events.Publish(container, sandbox, ContainerEventType.ContainerCreatedEvent);
            return container;
        }
        catch (Exception failure)
        {
            throw await rollback.UndoAsync(failure).ConfigureAwait(false);
        }
    }

    private ContainerRecord NewRecord(string id, Sandbox sandbox, ContainerConfig config, Image image, OciUser user)
    {
        var parent = sandbox.Record.CgroupPath[..sandbox.Record.CgroupPath.LastIndexOf('/')];
        var logDirectory = sandbox.Config.LogDirectory;
        return new ContainerRecord
        {
            Id = id,
            SandboxId = sandbox.Id,
            Phase = ContainerPhase.Created,
            Config = config.ToByteArray(),
            ImageId = image.Id,
            ImageRef = image.RepoDigests.FirstOrDefault() ?? image.Id,
            CgroupPath = $"{parent}/{id}",
            LogPath = logDirectory.Length > 0 && config.LogPath.Length > 0 ? Path.Combine(logDirectory, config.LogPath) : "",
            StopSignal = (int)StopSignals.Resolve(config.StopSignal, image.Config.StopSignal),
            Uid = user.Uid,
            Gid = user.Gid,
            Groups = user.AdditionalGids,
            CreatedAt = parts.Time.Nanoseconds(),
            BootId = parts.BootId,
        };
    }

    private static void MakeLogDirectory(Container container)
    {
        if (container.Record.LogPath.Length > 0)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(container.Record.LogPath)!);
        }
    }

    /// <summary>Which namespaces are joined (by path), shared with the host (empty), or made new (absent).</summary>
    private Dictionary<string, string> Namespaces(Sandbox sandbox, NamespaceOption? requested)
    {
        var pid = requested?.Pid ?? sandbox.Namespaces.Pid;
        var result = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ipc"] = sandbox.Namespaces.Ipc == NamespaceMode.Node ? "" : sandbox.NamespacePath(NamespaceKinds.Ipc),
            ["network"] = sandbox.HasHostNetwork ? "" : sandbox.NamespacePath(NamespaceKinds.Network),
            ["uts"] = sandbox.HasHostNetwork ? "" : sandbox.NamespacePath(NamespaceKinds.Uts),
        };
        switch (pid)
        {
            case NamespaceMode.Pod:
                result["pid"] = sandbox.Namespaces.Pid switch
                {
                    NamespaceMode.Pod => sandbox.NamespacePath(NamespaceKinds.Pid),
                    var other => throw RuntimeException.Invalid($"PID namespace mode POD: the sandbox's is {other}"),
                };
                break;
            case NamespaceMode.Node:
                result["pid"] = sandbox.Namespaces.Pid == NamespaceMode.Node
                    ? ""
                    : throw RuntimeException.Invalid("PID namespace mode NODE: the sandbox's is not");
                break;
            case NamespaceMode.Target:
                result["pid"] = TargetNamespace(sandbox, requested!.TargetId);
                break;
            default:
                break;
        }

        return result;
    }

    private string TargetNamespace(Sandbox sandbox, string targetId)
    {
        var target = parts.Containers.TryFind(targetId);
        return target is { Record.Phase: ContainerPhase.Running, PidNamespace: { } pidNamespace } && target.Record.SandboxId == sandbox.Id
            ? pidNamespace.ProcPath
            : throw new RuntimeException(FailureKind.FailedPrecondition, $"target container \"{targetId}\" is not a running container of this sandbox");
    }
}
