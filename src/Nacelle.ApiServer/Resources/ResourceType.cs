using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Nacelle.ApiServer.Tables;
using Nacelle.Kubernetes.Discovery;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Schema;

namespace Nacelle.ApiServer.Resources;

/// <summary>
/// One kind as the server serves it: its names, its verbs and the rules that a schema cannot say. Everything that is
/// particular to a kind hangs here; endpoints, storage and discovery know no kind by name.
/// </summary>
/// <remarks>
/// Documents handed to the delegates are mutable and owned by the callee for the length of the call. The order in which
/// they run is that of <c>Admission/</c>: decode, default, prepare, admit, validate, warn, store.
/// </remarks>
public sealed record ResourceType
{
    /// <summary>The verbs of an ordinary kind, in the order in which discovery lists them.</summary>
    public static ImmutableArray<string> AllVerbs { get; } =
        ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    /// <summary>API group; empty for the core group.</summary>
    public string Group { get; init; } = "";

    /// <summary>Version within the group, such as <c>v1</c>.</summary>
    public string Version { get; init; } = "v1";

    /// <summary>Kind in CamelCase, such as <c>Pod</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Plural, lower case, as it stands in paths.</summary>
    public required string Plural { get; init; }

    /// <summary>Singular, lower case, that clients accept on the command line.</summary>
    public required string Singular { get; init; }

    /// <summary>Abbreviations that clients accept, such as <c>po</c>.</summary>
    public ImmutableArray<string> ShortNames { get; init; } = [];

    /// <summary>Groups of kinds that clients expand, such as <c>all</c>.</summary>
    public ImmutableArray<string> Categories { get; init; } = [];

    /// <summary>Whether objects live in a namespace.</summary>
    public required bool Namespaced { get; init; }

    /// <summary>Whether another server has the objects and requests go on to it (API aggregation).</summary>
    public bool Aggregated { get; init; }

    /// <summary>Verbs that the kind itself takes; anything else answers 405.</summary>
    public ImmutableArray<string> Verbs { get; init; } = AllVerbs;

    /// <summary>Paths below an object of this kind.</summary>
    public ImmutableArray<Subresource> Subresources { get; init; } = [];

    /// <summary>Group of the storage form: two kinds with the same storage kind are views of one store.</summary>
    public string StorageGroup { get; init; } = "";

    /// <summary>Turns the stored form of another version into this one; null where they are the same.</summary>
    public Action<JsonObject>? FromStorage { get; init; }

    /// <summary>Turns this version into the stored form; null where they are the same.</summary>
    public Action<JsonObject>? ToStorage { get; init; }

    /// <summary>Whether <c>metadata.generation</c> counts changes of this kind, from 1.</summary>
    public bool CountsGeneration { get; init; }

    /// <summary>How long an object lives after its last write; null for ever. Such writes may lose their last second in a power cut.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Whether an update of an object that does not exist creates it.</summary>
    public bool CreatesOnUpdate { get; init; }

    /// <summary>Whether an update must say which resourceVersion it changes.</summary>
    public bool NeedsVersionForUpdate { get; init; }

    /// <summary>Whether a deletion answers with the object instead of a Status.</summary>
    public bool ReturnsDeleted { get; init; }

    /// <summary>
    /// Grace in seconds for a deletion, from the object and what the client asked for (null for nothing); null for a kind that
    /// is deleted at once.
    /// </summary>
    public Func<JsonObject, long?, long>? GracePeriod { get; init; }

    /// <summary>Fills in defaults (after decoding, and after every patch).</summary>
    public Action<JsonObject>? Default { get; init; }

    /// <summary>Clears what a client may not set on creation and sets what the server sets.</summary>
    public Action<JsonObject>? PrepareForCreate { get; init; }

    /// <summary>(new, old): resets in <c>new</c> what an update of the main resource may not change.</summary>
    public Action<JsonObject, JsonObject>? PrepareForUpdate { get; init; }

    /// <summary>Refuses a new object: every fault, in the order of the fields. Metadata included.</summary>
    public Func<JsonObject, IReadOnlyList<FieldError>>? ValidateCreate { get; init; }

    /// <summary>(new, old): refuses an update of the main resource.</summary>
    public Func<JsonObject, JsonObject, IReadOnlyList<FieldError>>? ValidateUpdate { get; init; }

    /// <summary>(new, old or null on creation): what the client should know though it is accepted.</summary>
    public Func<JsonObject, JsonObject?, IReadOnlyList<string>>? Warnings { get; init; }

    /// <summary>Columns of the kind's Table; empty for the default ones (Name and Age).</summary>
    public ImmutableArray<TableColumn> Columns { get; init; } = [];

    /// <summary>Prints one object as a row; null for the default columns.</summary>
    public RowPrinter? Row { get; init; }

    /// <summary>Field selectors beside <c>metadata.name</c> and <c>metadata.namespace</c>.</summary>
    public ImmutableDictionary<string, Func<JsonObject, string>> FieldSelectors { get; init; } =
        ImmutableDictionary<string, Func<JsonObject, string>>.Empty;

    /// <summary><c>v1</c> or <c>group/version</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary><c>pods</c> or <c>leases.coordination.k8s.io</c>, as error messages name a resource.</summary>
    public string QualifiedPlural => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary><c>Pod</c> or <c>Lease.coordination.k8s.io</c>, as error messages name a kind.</summary>
    public string QualifiedKind => Group.Length == 0 ? Kind : $"{Kind}.{Group}";

    /// <summary>The schema table of the kind.</summary>
    /// <exception cref="KeyNotFoundException">The tables do not have it.</exception>
    public ObjectSchema Schema => field ??= ObjectSchema.Get(Group, Version, Kind);

    /// <summary>Name of the store that holds the objects; views of the same objects share it.</summary>
    public string StorageKind => StorageGroup.Length == 0 ? Plural : $"{Plural}.{StorageGroup}";

    /// <summary>What discovery and OpenAPI tell of the kind.</summary>
    public ApiResource ToApiResource() => new()
    {
        Group = Group,
        Version = Version,
        Kind = Kind,
        Plural = Plural,
        Singular = Singular,
        ShortNames = ShortNames,
        Categories = Categories,
        Namespaced = Namespaced,
        Verbs = Verbs,
        Subresources = [.. Subresources],
        StorageVersionHash = Verbs.Contains("get") ? StorageVersionHash() : null,
    };

    /// <summary>Changes when objects would be stored in another version: the start of a hash of group, version and kind.</summary>
    private string StorageVersionHash() => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{StorageGroup}/{Version}/{Kind}")).AsSpan(0, 8));
}
