namespace Nacelle.Runtime.Images;

/// <summary>How many hold each of some things. Not safe for concurrent use: its owner has the lock.</summary>
internal sealed class HoldCounts<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, int> counts = [];

    /// <summary>What is held by anybody.</summary>
    public IReadOnlyCollection<TKey> Held => counts.Keys;

    public bool IsHeld(TKey key) => counts.ContainsKey(key);

    public void Add(TKey key) => counts[key] = counts.GetValueOrDefault(key) + 1;

    public void Remove(TKey key)
    {
        if (--counts[key] == 0)
        {
            counts.Remove(key);
        }
    }
}
