using k8s.Models;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.PodWorkers;
using Runtime.V1;

namespace Nacelle.UnitTests.Kubelet;

/// <summary>Pods and runtime states in few words.</summary>
internal static class Pods
{
    public static readonly DateTimeOffset Epoch = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static V1Pod Make(string restartPolicy = "Always", string[]? init = null, params string[] containers) => new()
    {
        ApiVersion = "v1",
        Kind = "Pod",
        Metadata = new V1ObjectMeta { Name = "p", NamespaceProperty = "default", Uid = "uid-1", Generation = 1 },
        Spec = new V1PodSpec
        {
            NodeName = "n",
            RestartPolicy = restartPolicy,
            InitContainers = init?.Select(Container).ToList(),
            Containers = [.. (containers.Length == 0 ? ["a"] : containers).Select(Container)],
        },
    };

    /// <summary>A name that ends in <c>+</c> is a sidecar; <c>a=Never</c> gives the container a restartPolicy of its own.</summary>
    public static V1Container Container(string name) => new()
    {
        Name = name.TrimEnd('+').Split('=')[0],
        Image = "busybox",
        ImagePullPolicy = "IfNotPresent",
        RestartPolicy = name.EndsWith('+') ? "Always" : name.Contains('=') ? name.Split('=')[1] : null,
        TerminationMessagePath = "/dev/termination-log",
        TerminationMessagePolicy = "File",
    };

    public static RuntimeSandbox Sandbox(string id = "s0", bool ready = true, uint attempt = 0) => new()
    {
        Id = id,
        Ready = ready,
        Attempt = attempt,
        CreatedAt = Epoch.AddSeconds(attempt),
        Addresses = ["10.0.0.9"],
        Network = NamespaceMode.Pod,
    };

    /// <summary><c>a:running</c>, <c>a:created</c>, <c>a:unknown</c>, or an exit code: <c>a:0</c>. An optional third part is the sandbox.</summary>
    public static RuntimeContainer State(string text)
    {
        var parts = text.Split(':');
        var exited = int.TryParse(parts[1], out var code);
        return new RuntimeContainer
        {
            Id = "id-" + parts[0],
            Name = parts[0],
            SandboxId = parts.Length > 2 ? parts[2] : "s0",
            State = exited ? ContainerState.ContainerExited : parts[1] switch
            {
                "running" => ContainerState.ContainerRunning,
                "created" => ContainerState.ContainerCreated,
                _ => ContainerState.ContainerUnknown,
            },
            ExitCode = code,
            CreatedAt = Epoch,
            StartedAt = parts[1] == "created" ? null : Epoch,
            FinishedAt = exited ? Epoch.AddSeconds(10) : null,
            Image = "docker.io/library/busybox:latest",
            ImageRef = "docker.io/library/busybox@sha256:1",
            Hash = ContainerHash.Of(Container(parts[0])),
        };
    }

    public static RuntimePod Runtime(RuntimeSandbox? sandbox, params string[] containers) => new()
    {
        Sandboxes = sandbox is null ? [] : [sandbox],
        Containers = [.. containers.Select(State)],
    };
}
