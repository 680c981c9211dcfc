using Nacelle.Linux;
using Nacelle.Linux.Processes;
using Runtime.V1;

namespace Nacelle.Runtime.Containers;

/// <summary>A container in memory: its record, and while it runs its process by descriptor.</summary>
internal sealed class Container : IDisposable
{
    private volatile ContainerRecord record;

    internal Container(ContainerRecord record, ContainerConfig config)
    {
        this.record = record;
        Config = config;
    }

    public string Id => record.Id;

    public ContainerRecord Record => record;

    public ContainerConfig Config { get; }

    public string Name => Config.Metadata.Name;

    /// <summary>Held by whoever starts, stops or removes it.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>The first process; null before the start and after the end.</summary>
    public PidFd? Process { get; set; }

    /// <summary>Its PID namespace, for an ephemeral container that targets it; null as <see cref="Process"/>.</summary>
    public FileDescriptor? PidNamespace { get; set; }

    /// <summary>Completes when the end is recorded and what was left over is dead.</summary>
    public TaskCompletionSource Exited { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The recording of its end; run by <see cref="ContainerWatch"/>.</summary>
    public RetriedStep EndRecording { get; } = new();

    /// <summary>The task that watches it and tidies up after its end; owned by <see cref="ContainerWatch"/>.</summary>
    public Task Watching { get; set; } = Task.CompletedTask;

    /// <summary>Keeps the image's layers while the container is there.</summary>
    public IDisposable? ImageHold { get; set; }

    public LinuxContainerResources? Resources =>
        record.Resources is { } changed ? LinuxContainerResources.Parser.ParseFrom(changed) : Config.Linux?.Resources;

    public void Set(ContainerRecord changed) => record = changed;

    /// <summary>Completes with its exit code when it has ended.</summary>
    public async Task<int> ExitCodeAsync()
    {
        await Exited.Task.ConfigureAwait(false);
        return record.ExitCode;
    }

    /// <summary>Gives back the descriptors of a process that has ended.</summary>
    public void LetGo()
    {
        Process?.Dispose();
        Process = null;
        PidNamespace?.Dispose();
        PidNamespace = null;
    }

    /// <summary>Lets go of the processes. The image stays held: when this runtime ends, the container goes on and needs its layers.</summary>
    public void Dispose()
    {
        LetGo();
        Gate.Dispose();
    }
}
