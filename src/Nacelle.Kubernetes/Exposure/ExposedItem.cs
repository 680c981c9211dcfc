namespace Nacelle.Kubernetes.Exposure;

/// <summary>One named thing that a container holds: never its value.</summary>
/// <param name="Key">The same for the same thing wherever it is used; <c>secret/NAME/*</c> is all of a Secret.</param>
/// <param name="Text">As an audit names it: <c>Secret db, key password (env DB_PASSWORD)</c>.</param>
public sealed record ExposedItem(ExposedKind Kind, string Key, string Text)
{
    public bool IsSecret => Kind is ExposedKind.Secret or ExposedKind.Token;

    /// <summary>Whether whoever holds <paramref name="keys"/> by its own manifest has this already.</summary>
    public bool IsHeldBy(IReadOnlySet<string> keys) =>
        keys.Contains(Key) || keys.Contains(Key[..(Key.LastIndexOf('/') + 1)] + "*");
}
