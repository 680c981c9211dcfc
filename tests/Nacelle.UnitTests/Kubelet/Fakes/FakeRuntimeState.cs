using System.Collections.Concurrent;
using Runtime.V1;

namespace Nacelle.UnitTests.Kubelet.Fakes;

/// <summary>What the fake runtime holds, and what was asked of it.</summary>
internal sealed class FakeRuntimeState(string directory)
{
    private int _next;

    public string Directory { get; } = directory;

    public ConcurrentDictionary<string, PodSandboxStatus> Sandboxes { get; } = new();

    public ConcurrentDictionary<string, ContainerStatus> Containers { get; } = new();

    public ConcurrentDictionary<string, string> SandboxOf { get; } = new();

    /// <summary>Images that are there, or can be pulled.</summary>
    public ConcurrentDictionary<string, bool> Images { get; } = new() { ["busybox:latest"] = true };

    /// <summary>What a verbose question after an image is answered with, as <c>info</c>.</summary>
    public string? ImageInfo { get; set; }

    public ConcurrentQueue<string> Calls { get; } = new();

    public ConcurrentQueue<ContainerConfig> Configs { get; } = new();

    /// <summary>The next call of that name fails with this text, once.</summary>
    public ConcurrentDictionary<string, string> Failures { get; } = new();

    /// <summary>Verbose information of each sandbox and container, by id.</summary>
    public ConcurrentDictionary<string, (string Key, string Value)> Info { get; } = new();

    /// <summary>Where set, containers that are stopped end when it completes.</summary>
    public TaskCompletionSource? StopGate { get; set; }

    /// <summary>Exit codes of commands, by their first word; 0 where there is none.</summary>
    public ConcurrentDictionary<string, int> ExitCodes { get; } = new();

    public string NewId(string prefix) => $"{prefix}{Interlocked.Increment(ref _next)}";

    public static long Now => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100;

    /// <summary>A container ends by itself.</summary>
    public void Exit(string name, int code)
    {
        var container = Containers.Values.Where(c => c.Metadata.Name == name).OrderByDescending(c => c.CreatedAt).First();
        End(container, code);
    }

    public void EndSandbox()
    {
        foreach (var sandbox in Sandboxes.Values)
        {
            sandbox.State = PodSandboxState.SandboxNotready;
        }

        foreach (var container in Containers.Values.Where(c => c.State == ContainerState.ContainerRunning))
        {
            End(container, 137);
        }
    }

    public static void End(ContainerStatus container, int code)
    {
        container.ExitCode = code;
        container.FinishedAt = Now;
        container.State = ContainerState.ContainerExited;
    }
}
