using System.Globalization;
using System.Text.Json;
using Runtime.V1;

namespace Nacelle.Runtime.Containers;

/// <summary>A container as CRI shows it.</summary>
internal static class ContainerStatusInfo
{
    /// <summary>The key of the verbose status that counts what had to be killed when the first process had ended.</summary>
    internal const string LeftoversKey = "nacelle.leftovers";

    public static ContainerState State(Container container) => container.Record.Phase switch
    {
        ContainerPhase.Created => ContainerState.ContainerCreated,
        ContainerPhase.Running => ContainerState.ContainerRunning,
        _ => ContainerState.ContainerExited,
    };

    public static global::Runtime.V1.Container Item(Container container)
    {
        var item = new global::Runtime.V1.Container
        {
            Id = container.Id,
            PodSandboxId = container.Record.SandboxId,
            Metadata = container.Config.Metadata,
            Image = container.Config.Image,
            ImageRef = container.Record.ImageRef,
            ImageId = container.Record.ImageId,
            State = State(container),
            CreatedAt = container.Record.CreatedAt,
        };
        item.Labels.Add(container.Config.Labels);
        item.Annotations.Add(container.Config.Annotations);
        return item;
    }

    public static ContainerStatus Status(Container container)
    {
        var record = container.Record;
        var status = new ContainerStatus
        {
            Id = record.Id,
            Metadata = container.Config.Metadata,
            State = State(container),
            CreatedAt = record.CreatedAt,
            // A start that is under way, or was undone, is none yet.
            StartedAt = record.Phase == ContainerPhase.Created ? 0 : record.StartedAt,
            FinishedAt = record.FinishedAt,
            ExitCode = record.ExitCode,
            Image = container.Config.Image,
            ImageRef = record.ImageRef,
            ImageId = record.ImageId,
            Reason = record.Reason,
            Message = record.Message,
            LogPath = record.LogPath,
            User = new ContainerUser { Linux = new LinuxContainerUser { Uid = record.Uid, Gid = record.Gid } },
            StopSignal = StopSignals.ToCri(record.StopSignal),
        };
        status.User.Linux.SupplementalGroups.AddRange(record.Groups.Select(group => (long)group));
        status.Labels.Add(container.Config.Labels);
        status.Annotations.Add(container.Config.Annotations);
        status.Mounts.AddRange(container.Config.Mounts);
        if (container.Resources is { } resources)
        {
            status.Resources = new ContainerResources { Linux = resources };
        }

        return status;
    }

    /// <summary>
    /// The verbose part: <c>info</c> as containerd and CRI-O write it (a JSON object with the PID, and <c>runtimeSpec</c> until the container ends), and ours.
    /// </summary>
    /// <param name="specification">config.json of its bundle.</param>
    public static void AddInfo(Container container, string specification, IDictionary<string, string> info)
    {
        var record = container.Record;
        info["info"] = InfoJson.Write(writer =>
        {
            writer.WriteString("sandboxID", record.SandboxId);
            writer.WriteNumber("pid", record.Phase == ContainerPhase.Running ? record.Pid : 0);
            writer.WriteString("cgroupPath", record.CgroupPath);
            if (record.Phase != ContainerPhase.Exited && TryRead(specification) is { } document)
            {
                using (document)
                {
                    writer.WritePropertyName("runtimeSpec");
                    document.WriteTo(writer);
                }
            }
        });
        if (record.Leftovers is { } leftovers)
        {
            info[LeftoversKey] = leftovers.ToString(CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Null where there is none that can be read, as of a container that is being removed: the rest is told all the same.</summary>
    private static JsonDocument? TryRead(string file)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
