using System.Text.Json.Nodes;
using Nacelle.ApiServer.Resources;
using Nacelle.ApiServer.Storage;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Selectors;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>Label and field selectors over stored objects; parses no more of an object than a selector looks at.</summary>
internal sealed class ItemSelector
{
    private const string NameField = "metadata.name";
    private const string NamespaceField = "metadata.namespace";

    private readonly ResourceType type;
    private readonly LabelSelector labels;
    private readonly FieldSelector fields;
    private readonly bool needsDocument;

    /// <exception cref="ApiStatusException">400: the kind has no such field.</exception>
    public ItemSelector(ResourceType type, LabelSelector labels, FieldSelector fields)
    {
        this.type = type;
        this.labels = labels;
        this.fields = fields;
        foreach (FieldTerm term in fields.Terms)
        {
            bool own = type.FieldSelectors.ContainsKey(term.Field);
            needsDocument |= own;
            if (!own && term.Field is not (NameField or NamespaceField))
            {
                throw ApiStatusException.BadRequest(type.FieldSelectors.IsEmpty
                    ? $"{GoText.Quote(term.Field)} is not a known field selector: only \"{NameField}\", \"{NamespaceField}\""
                    : $"field label not supported: {term.Field}");
            }
        }
    }

    public bool MatchesEverything => labels.MatchesEverything && fields.MatchesEverything;

    /// <summary>The keys that can match at all.</summary>
    public KeyRange Keys(RequestPath path)
    {
        string? name = path.Name ?? fields.RequiredValue(NameField);
        string namespaceName = path.Namespace.Length > 0 ? path.Namespace : fields.RequiredValue(NamespaceField) ?? "";
        if (!type.Namespaced)
        {
            return name is null ? KeyRange.All : KeyRange.Of(name);
        }

        return namespaceName.Length == 0 ? KeyRange.All
            : name is null ? KeyRange.Namespace(namespaceName)
            : KeyRange.Of($"{namespaceName}/{name}");
    }

    public bool Matches(string key, byte[] json)
    {
        if (MatchesEverything)
        {
            return true;
        }

        JsonObject? item = needsDocument ? StorageForm.Read(type, json) : null;
        if (!fields.Matches(field => Field(field, key, item)))
        {
            return false;
        }

        if (labels.MatchesEverything)
        {
            return true;
        }

        JsonObject? metadata = item?.Child("metadata") ?? JsonNode.Parse(PartialMetadata.Slice(json).Span) as JsonObject;
        return labels.Matches(metadata.Child("labels"));
    }

    private string Field(string field, string key, JsonObject? item)
    {
        int slash = type.Namespaced ? key.IndexOf('/', StringComparison.Ordinal) : -1;
        return field switch
        {
            NameField => key[(slash + 1)..],
            NamespaceField => slash < 0 ? "" : key[..slash],
            _ => type.FieldSelectors[field](item!),
        };
    }
}
