using System.Collections.Concurrent;
using System.Text.Json;
using Nacelle.Linux.Files;

namespace Nacelle.Runtime.Sandboxes;

/// <summary>The sandboxes that exist, in memory and as one directory each.</summary>
internal sealed class SandboxStore(RuntimeDirectories directories)
{
    private readonly ConcurrentDictionary<string, Sandbox> sandboxes = new(StringComparer.Ordinal);

    public IReadOnlyCollection<Sandbox> All => [.. sandboxes.Values];

    /// <summary>Finds by id, or by a prefix of one sandbox only, as CRI's command line client sends it.</summary>
    public Sandbox? TryFind(string id)
    {
        if (sandboxes.TryGetValue(id, out var sandbox) || !ObjectId.IsValid(id))
        {
            return sandbox;
        }

        var matching = sandboxes.Values.Where(one => one.Id.StartsWith(id, StringComparison.Ordinal)).Take(2).ToList();
        return matching.Count == 1 ? matching[0] : null;
    }

    /// <exception cref="RuntimeException">NotFound.</exception>
    public Sandbox Find(string id) => TryFind(id) ?? throw RuntimeException.NotFound("sandbox", id);

    public void Add(Sandbox sandbox) => sandboxes[sandbox.Id] = sandbox;

    public void Forget(Sandbox sandbox) => sandboxes.TryRemove(sandbox.Id, out _);

    /// <summary>Makes a change durable, then visible.</summary>
    public void Save(Sandbox sandbox, SandboxRecord record, bool durable = true)
    {
        var directory = directories.Sandbox(record.Id);
        Directory.CreateDirectory(directory);
        AtomicFile.Write($"{directory}/sandbox.json", JsonSerializer.SerializeToUtf8Bytes(record, RecordJson.Default.SandboxRecord), durable: durable);
        sandbox.Set(record);
    }
}
