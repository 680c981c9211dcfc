namespace Nacelle.Kubernetes.Schema;

/// <summary>A kind that can be decoded: its names and the type of its documents.</summary>
/// <param name="Group">Empty for the core group.</param>
public sealed record ObjectSchema(string Group, string Version, string Kind, SchemaType Type)
{
    /// <summary><c>v1</c> or <c>group/version</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : Group + "/" + Version;

    /// <summary>The schema of a kind, or null when the tables have none.</summary>
    public static ObjectSchema? Find(string group, string version, string kind) => SchemaTables.Default.Find(group, version, kind);

    /// <exception cref="KeyNotFoundException">The tables do not have the kind.</exception>
    public static ObjectSchema Get(string group, string version, string kind) =>
        Find(group, version, kind) ?? throw new KeyNotFoundException($"no schema table has {group}/{version} {kind}");
}
