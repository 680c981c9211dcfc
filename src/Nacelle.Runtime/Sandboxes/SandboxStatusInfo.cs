using System.Globalization;
using System.Text.Json;
using Nacelle.Linux.Processes;
using Runtime.V1;
using Signal = Nacelle.Linux.Processes.Signal;

namespace Nacelle.Runtime.Sandboxes;

/// <summary>A sandbox as CRI shows it.</summary>
internal static class SandboxStatusInfo
{
    /// <summary>The key of the verbose status that tells how /pause ended by itself (a JSON object).</summary>
    internal const string EndedKey = "nacelle.sandboxEnded";

    public static PodSandboxState State(Sandbox sandbox) => sandbox.IsReady ? PodSandboxState.SandboxReady : PodSandboxState.SandboxNotready;

    public static PodSandbox Item(Sandbox sandbox)
    {
        var item = new PodSandbox
        {
            Id = sandbox.Id,
            Metadata = sandbox.Config.Metadata,
            State = State(sandbox),
            CreatedAt = sandbox.Record.CreatedAt,
            RuntimeHandler = sandbox.Record.RuntimeHandler,
        };
        item.Labels.Add(sandbox.Config.Labels);
        item.Annotations.Add(sandbox.Config.Annotations);
        return item;
    }

    public static PodSandboxStatus Status(Sandbox sandbox)
    {
        var status = new PodSandboxStatus
        {
            Id = sandbox.Id,
            Metadata = sandbox.Config.Metadata,
            State = State(sandbox),
            CreatedAt = sandbox.Record.CreatedAt,
            Network = new PodSandboxNetworkStatus(),
            Linux = new LinuxPodSandboxStatus { Namespaces = new Namespace { Options = sandbox.Namespaces } },
            RuntimeHandler = sandbox.Record.RuntimeHandler,
        };
        if (sandbox.IsReady && sandbox.Record.Addresses is { IsEmpty: false } addresses)
        {
            status.Network.Ip = addresses[0];
            status.Network.AdditionalIps.AddRange(addresses.Skip(1).Select(address => new PodIP { Ip = address }));
        }

        status.Labels.Add(sandbox.Config.Labels);
        status.Annotations.Add(sandbox.Config.Annotations);
        return status;
    }

    /// <summary>The verbose part: <c>info</c> as containerd writes it (a JSON object with the PID), and ours.</summary>
    public static void AddInfo(Sandbox sandbox, IDictionary<string, string> info)
    {
        info["info"] = InfoJson.Write(writer =>
        {
            writer.WriteNumber("pid", sandbox.IsReady ? sandbox.Record.PausePid : 0);
            writer.WriteString("processStatus", sandbox.IsReady ? "running" : "exited");
            writer.WriteBoolean("netNamespaceClosed", sandbox.Record.Phase == SandboxPhase.Stopped);
            writer.WriteString("cgroupPath", sandbox.Record.CgroupPath);
        });
        if (sandbox.Record.End is { } end)
        {
            info[EndedKey] = InfoJson.Write(writer => WriteEnd(writer, end));
        }
    }

    /// <summary>One line for the log.</summary>
    internal static string Describe(SandboxEnd end) => end switch
    {
        { ExitCode: null } => "unknown how",
        { Signal: 0 } => string.Create(CultureInfo.InvariantCulture, $"exit code {end.ExitCode}"),
        { SenderPid: 0 } => $"{SignalNames.Format((Signal)end.Signal)} from outside of the Pod",
        { SenderPid: { } pid } => string.Create(
            CultureInfo.InvariantCulture,
            $"{SignalNames.Format((Signal)end.Signal)} from PID {pid} (uid {end.SenderUid}), container {end.SenderContainer ?? "unknown"}, command {end.SenderCommand ?? "unknown"}"),
        _ => SignalNames.Format((Signal)end.Signal),
    };

    private static void WriteEnd(Utf8JsonWriter writer, SandboxEnd end)
    {
        writer.WriteNumber("at", end.At);
        if (end.ExitCode is { } code)
        {
            writer.WriteNumber("exitCode", code);
        }

        if (end.Signal != 0)
        {
            writer.WriteString("signal", SignalNames.Format((Signal)end.Signal));
        }

        if (end.SenderPid is { } pid)
        {
            writer.WriteNumber("senderPid", pid);
        }

        if (end.SenderUid is { } uid)
        {
            writer.WriteNumber("senderUid", uid);
        }

        if (end.SenderContainer is { } container)
        {
            writer.WriteString("senderContainer", container);
        }

        if (end.SenderCommand is { } command)
        {
            writer.WriteString("senderCommand", command);
        }
    }
}
