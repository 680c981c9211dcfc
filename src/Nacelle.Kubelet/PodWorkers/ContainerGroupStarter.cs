using System.Collections.Immutable;
using k8s.Models;
using Nacelle.Kubelet.Containers;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.Status;
using Runtime.V1;

namespace Nacelle.Kubelet.PodWorkers;

/// <summary>
/// Starts several containers of a Pod side by side, begun in the order of the spec. Only a postStart hook makes those after it wait
/// until it has ended: that is how manifests ask for an order. One that fails does not hold up the others; its reason is remembered.
/// </summary>
internal sealed class ContainerGroupStarter(PodServices services, PodMemory memory, V1Pod pod, RuntimePod runtime)
{
    private readonly ContainerStarter _starter = new(services, memory, pod, runtime);

    /// <summary>Begins with the images, which need no sandbox. The tasks are awaited by <see cref="StartAsync"/>.</summary>
    public ImmutableArray<(V1Container Container, Task<PulledImage> Image)> BeginImages(
        IEnumerable<string> names, RegistryCredentials credentials, PodSandboxConfig sandbox, CancellationToken cancellationToken) =>
        [.. names.Select(n => pod.FindContainer(n)!).Select(c => (c, _starter.ImageAsync(c, credentials, sandbox, cancellationToken)))];

    public async Task StartAsync(
        ImmutableArray<(V1Container Container, Task<PulledImage> Image)> containers, string sandboxId, PodSandboxConfig sandbox,
        ImmutableArray<string> addresses, IReadOnlyDictionary<string, string> volumes, CancellationToken cancellationToken)
    {
        var turn = Task.CompletedTask;
        var all = new List<Task>();
        foreach (var (container, image) in containers)
        {
            var one = StartOneAsync(container, image, sandboxId, sandbox, addresses, volumes, turn, cancellationToken);
            all.Add(one);
            turn = container.Lifecycle?.PostStart is null ? turn : one;
        }

        await Task.WhenAll(all).ConfigureAwait(false);
    }

    /// <summary>Waits for the tasks of <see cref="BeginImages"/> when no sandbox came to use them.</summary>
    public static async Task AbandonAsync(ImmutableArray<(V1Container Container, Task<PulledImage> Image)> containers)
    {
        foreach (var (_, image) in containers)
        {
            await ((Task)image).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StartOneAsync(
        V1Container container, Task<PulledImage> image, string sandboxId, PodSandboxConfig sandbox, ImmutableArray<string> addresses,
        IReadOnlyDictionary<string, string> volumes, Task turn, CancellationToken cancellationToken)
    {
        try
        {
            var pulled = await image.ConfigureAwait(false);
            var id = await _starter.CreateAsync(
                container, pulled, sandboxId, sandbox, addresses, volumes, cancellationToken).ConfigureAwait(false);
            await turn.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _starter.StartAsync(container, id, cancellationToken).ConfigureAwait(false);
            await _starter.PostStartAsync(container, id, addresses, cancellationToken).ConfigureAwait(false);
            memory.Waiting.TryRemove(container.Name, out _);
            memory.Failures.TryRemove(container.Name, out _);
        }
        catch (ContainerStartException e)
        {
            memory.Waiting[container.Name] = e.Why;
            memory.Failures[container.Name] = new StartFailure(
                services.Time.GetUtcNow() + (e.RetryAfter ?? TimeSpan.FromSeconds(10)), ContainerHash.Of(container));
        }
    }
}
