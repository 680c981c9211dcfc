using System.Text.Json;
using Google.Protobuf;
using Nacelle.Linux.Files;
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
    public async Task<Container> CreateAsync(Sandbox sandbox, CreateContainerRequest request, CancellationToken cancellationToken)
    {
        var config = request.Config;
        Check(config);
        CheckPrivileges(config, request.SandboxConfig ?? sandbox.Config);
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

    /// <summary>Writes config.json with the namespaces as they are held now.</summary>
    public void WriteConfig(Container container, Sandbox sandbox, ContainerNamespaces namespaces)
    {
        var image = parts.Images.FindHeld(container.Record.ImageId) ?? throw RuntimeException.NotFound("image", container.Record.ImageId);
        var json = JsonSerializer.SerializeToUtf8Bytes(BuildConfig(container, sandbox, image.Config, namespaces), BundleJson.Default.OciConfig);
        AtomicFile.Write(parts.Directories.Specification(container.Id), json, durable: false);
    }

    private OciConfig BuildConfig(Container container, Sandbox sandbox, OciImageConfig image, ContainerNamespaces namespaces)
    {
        var record = container.Record;
        return OciConfigBuilder.Build(new OciConfigInput
        {
            Config = container.Config,
            Resources = container.Resources,
            Image = image,
            User = new OciUser { Uid = record.Uid, Gid = record.Gid, AdditionalGids = record.Groups },
            Rootfs = parts.Directories.Rootfs(record.Id),
            CgroupPath = record.CgroupPath,
            Cgroups = parts.Cgroups.Version,
            SharedMemory = sandbox.Namespaces.Ipc == NamespaceMode.Node ? "/dev/shm" : parts.Directories.SharedMemory(sandbox.Id),
            SandboxDirectory = parts.Directories.Sandbox(sandbox.Id),
            Hostname = sandbox.HasHostNetwork || sandbox.Config.Hostname.Length == 0 ? Environment.MachineName : sandbox.Config.Hostname,
            Namespaces = namespaces.Paths,
            AvailableCapabilities = availableCapabilities,
            OomScoreFloor = parts.OomScoreFloor,
        });
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

    /// <summary>
    /// CRI asks that a privileged container's sandbox be privileged. What the sandbox is asked to allow may have come later than the sandbox, with an
    /// ephemeral container: the configuration of this request counts, as it does for other runtimes.
    /// </summary>
    private static void CheckPrivileges(ContainerConfig config, PodSandboxConfig sandbox)
    {
        if (config.Linux?.SecurityContext?.Privileged == true && sandbox.Linux?.SecurityContext?.Privileged != true)
        {
            throw RuntimeException.Invalid("a privileged container needs a privileged sandbox");
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

            // Finds whatever is wrong with the request while nothing runs yet; the start writes it, with the namespaces of that moment.
            using (var namespaces = ContainerNamespaces.Open(sandbox, config, parts.Containers))
            {
                _ = BuildConfig(container, sandbox, image.Config, namespaces);
            }

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
}
