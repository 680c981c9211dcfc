using System.Collections.Concurrent;
using System.Text.Json;
using Nacelle.Linux.Files;

namespace Nacelle.Runtime.Containers;

/// <summary>The containers that exist, in memory and as one directory each.</summary>
internal sealed class ContainerStore(RuntimeDirectories directories)
{
    private readonly ConcurrentDictionary<string, Container> containers = new(StringComparer.Ordinal);

    public IReadOnlyCollection<Container> All => [.. containers.Values];

    public IReadOnlyCollection<Container> InSandbox(string sandboxId) => [.. containers.Values.Where(container => container.Record.SandboxId == sandboxId)];

    /// <summary>Finds by id, or by a prefix of one container only.</summary>
    public Container? TryFind(string id)
    {
        if (containers.TryGetValue(id, out var container) || !ObjectId.IsValid(id))
        {
            return container;
        }

        var matching = containers.Values.Where(one => one.Id.StartsWith(id, StringComparison.Ordinal)).Take(2).ToList();
        return matching.Count == 1 ? matching[0] : null;
    }

    /// <exception cref="RuntimeException">NotFound.</exception>
    public Container Find(string id) => TryFind(id) ?? throw RuntimeException.NotFound("container", id);

    public void Add(Container container) => containers[container.Id] = container;

    public void Forget(Container container) => containers.TryRemove(container.Id, out _);

    /// <summary>Makes a change durable, then visible.</summary>
    public void Save(Container container, ContainerRecord record, bool durable = true)
    {
        var directory = directories.Container(record.Id);
        Directory.CreateDirectory(directory);
        AtomicFile.Write($"{directory}/container.json", JsonSerializer.SerializeToUtf8Bytes(record, RecordJson.Default.ContainerRecord), durable: durable);
        container.Set(record);
    }
}
