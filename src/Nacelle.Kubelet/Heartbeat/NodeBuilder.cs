using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Grpc.Core;
using k8s.Models;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.Node;
using Nacelle.Kubelet.Resources;
using Runtime.V1;

namespace Nacelle.Kubelet.Heartbeat;

/// <summary>Describes this machine as a Node.</summary>
internal sealed class NodeBuilder(
    KubeletOptions options, CriClient cri, VersionResponse runtime, ImmutableArray<string> addresses, NodeResources machine, Func<int> port)
{
    private const string MaximumPods = "110";

    public async Task<V1Node> BuildAsync(CancellationToken cancellationToken)
    {
        var now = options.TimeProvider.GetUtcNow().UtcDateTime;
        var why = await RuntimeTroubleAsync(cancellationToken).ConfigureAwait(false);
        return new V1Node
        {
            ApiVersion = "v1",
            Kind = "Node",
            Metadata = new V1ObjectMeta
            {
                Name = options.NodeName,
                Labels = new Dictionary<string, string>
                {
                    ["kubernetes.io/hostname"] = options.NodeName,
                    ["kubernetes.io/os"] = "linux",
                    ["kubernetes.io/arch"] = Architecture,
                    ["beta.kubernetes.io/os"] = "linux",
                    ["beta.kubernetes.io/arch"] = Architecture,
                },
            },
            Spec = new V1NodeSpec(),
            Status = new V1NodeStatus
            {
                Addresses =
                [
                    .. addresses.Select(a => new V1NodeAddress { Type = "InternalIP", Address = a }),
                    new V1NodeAddress { Type = "Hostname", Address = options.NodeName },
                ],
                Capacity = Amounts(),
                Allocatable = Amounts(),
                DaemonEndpoints = new V1NodeDaemonEndpoints { KubeletEndpoint = new V1DaemonEndpoint { Port = port() } },
                NodeInfo = Info(),
                Conditions =
                [
                    .. PressureConditions.Of(MachineUse.Read(options.StateDirectory), now),
                    why is null
                        ? Condition("Ready", "True", "KubeletReady", "kubelet is posting ready status", now)
                        : Condition("Ready", "False", "KubeletNotReady", why, now),
                ],
            },
        };
    }

    private static string Architecture => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        var other => other.ToString().ToLowerInvariant(),
    };

    private async Task<string?> RuntimeTroubleAsync(CancellationToken cancellationToken)
    {
        try
        {
            var status = await cri.Runtime.StatusAsync(new StatusRequest(), cancellationToken: cancellationToken).ConfigureAwait(false);
            return status.Status?.Conditions.FirstOrDefault(c => !c.Status) is { } bad
                ? $"container runtime condition {bad.Type} is false: {bad.Reason} {bad.Message}"
                : null;
        }
        catch (RpcException e) when (!cancellationToken.IsCancellationRequested)
        {
            return $"container runtime is down: {e.Status.Detail}";
        }
    }

    private Dictionary<string, ResourceQuantity> Amounts() => new()
    {
        ["cpu"] = new ResourceQuantity((machine.CpuMilli / 1000).ToString(CultureInfo.InvariantCulture)),
        ["memory"] = new ResourceQuantity($"{machine.MemoryBytes / 1024}Ki"),
        ["ephemeral-storage"] = new ResourceQuantity($"{machine.EphemeralStorageBytes / 1024}Ki"),
        ["pods"] = new ResourceQuantity(MaximumPods),
    };

    private V1NodeSystemInfo Info() => new()
    {
        Architecture = Architecture,
        OperatingSystem = "linux",
        KernelVersion = Read("/proc/sys/kernel/osrelease"),
        BootID = Read("/proc/sys/kernel/random/boot_id"),
        MachineID = Read("/etc/machine-id"),
        SystemUUID = Read("/sys/class/dmi/id/product_uuid"),
        OsImage = OsImage(),
        ContainerRuntimeVersion = $"{runtime.RuntimeName}://{runtime.RuntimeVersion}",
        KubeletVersion = options.Version.StartsWith('v') ? options.Version : $"v1.36.0+nacelle-{options.Version}",
        KubeProxyVersion = "",
    };

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string OsImage()
    {
        const string Key = "PRETTY_NAME=";
        try
        {
            return File.ReadLines("/etc/os-release").FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal))?[Key.Length..].Trim('"') ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static V1NodeCondition Condition(string type, string status, string reason, string message, DateTime now) => new()
    {
        Type = type,
        Status = status,
        Reason = reason,
        Message = message,
        LastHeartbeatTime = now,
        LastTransitionTime = now,
    };
}
