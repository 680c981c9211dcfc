namespace Nacelle.ApiServer.Patching;

/// <summary>How a patch says what to change; its media type decides.</summary>
public enum PatchKind
{
    /// <summary><c>application/json-patch+json</c>: a list of operations (RFC 6902).</summary>
    Json,

    /// <summary><c>application/merge-patch+json</c>: a partial document (RFC 7386).</summary>
    Merge,

    /// <summary><c>application/strategic-merge-patch+json</c>: a partial document that merges lists by their keys.</summary>
    Strategic,
}
