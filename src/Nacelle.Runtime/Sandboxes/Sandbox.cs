using Nacelle.Linux;
using Nacelle.Linux.Namespaces;
using Nacelle.Linux.Processes;
using Runtime.V1;

namespace Nacelle.Runtime.Sandboxes;

/// <summary>A sandbox in memory: its record, and while it runs the descriptors that keep its namespaces and its process identified.</summary>
internal sealed class Sandbox : IDisposable
{
    private readonly Dictionary<NamespaceKinds, FileDescriptor> namespaces = [];
    private volatile SandboxRecord record;

    internal Sandbox(SandboxRecord record, PodSandboxConfig config)
    {
        this.record = record;
        Config = config;
    }

    public string Id => record.Id;

    public SandboxRecord Record => record;

    public PodSandboxConfig Config { get; }

    /// <summary>Held by whoever changes the sandbox (stop, remove, create a container in it).</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>The process; null once it is known to have ended.</summary>
    public PidFd? Pause { get; private set; }

    /// <summary>Completes when /pause has ended, or is no longer watched.</summary>
    public TaskCompletionSource PauseEnded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The recording of its end; run by <see cref="SandboxWatch"/>.</summary>
    public RetriedStep EndRecording { get; } = new();

    /// <summary>The task that waits for its end; owned by <see cref="SandboxWatch"/>.</summary>
    public Task Watching { get; set; } = Task.CompletedTask;

    public NamespaceOption Namespaces => Config.Linux?.SecurityContext?.NamespaceOptions ?? new NamespaceOption();

    public bool HasHostNetwork => Namespaces.Network == NamespaceMode.Node;

    public bool IsReady => record.Phase == SandboxPhase.Ready;

    public void Set(SandboxRecord changed) => record = changed;

    /// <summary>Takes hold of the running /pause: from here on neither a reused PID nor its end can lead into a wrong namespace.</summary>
    /// <exception cref="LinuxException">It has just ended.</exception>
    public void Hold(PidFd pause)
    {
        Pause = pause;
        foreach (var kind in (ReadOnlySpan<NamespaceKinds>)[NamespaceKinds.Ipc, NamespaceKinds.Uts, NamespaceKinds.Pid, NamespaceKinds.Network])
        {
            var descriptor = ThreadNamespaces.Open(pause.Pid, kind);
            lock (namespaces)
            {
                namespaces[kind] = descriptor;
            }
        }
    }

    /// <summary>A descriptor of one of the sandbox's namespaces, for the caller to dispose; the sandbox may let go of its own meanwhile.</summary>
    /// <exception cref="RuntimeException">The sandbox has ended.</exception>
    public FileDescriptor DuplicateNamespace(NamespaceKinds kind)
    {
        lock (namespaces)
        {
            return namespaces.TryGetValue(kind, out var descriptor)
                ? descriptor.Duplicate()
                : throw new RuntimeException(FailureKind.FailedPrecondition, $"sandbox {Id} is not running");
        }
    }

    /// <summary>Lets go of the namespaces, so that the kernel can end them.</summary>
    public void LetGo()
    {
        lock (namespaces)
        {
            foreach (var descriptor in namespaces.Values)
            {
                descriptor.Dispose();
            }

            namespaces.Clear();
        }

        Pause?.Dispose();
        Pause = null;
    }

    public void Dispose()
    {
        LetGo();
        Gate.Dispose();
    }
}
