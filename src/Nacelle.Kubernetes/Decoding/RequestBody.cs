using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Schema;

namespace Nacelle.Kubernetes.Decoding;

/// <summary>Reads the body of a create or update: finds its kind, decodes it strictly, and words every refusal as the API does.</summary>
public static class RequestBody
{
    private const string MetaType =
        "struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }";

    /// <summary>The document in <paramref name="body"/>, which must be of the expected kind; kind and version may be left out.</summary>
    /// <param name="warnings">Receives what <see cref="FieldValidation.Warn"/> has to say, for Warning headers.</param>
    /// <exception cref="ApiStatusException">400, with the text of the reference server.</exception>
    public static JsonObject Decode(
        ReadOnlySpan<byte> body, BodyFormat format, ObjectSchema expected, FieldValidation validation, ICollection<string> warnings)
    {
        byte[]? converted = null;
        IReadOnlyList<string> yamlDuplicates = [];
        (string Group, string Version, string Kind) named;
        try
        {
            if (format == BodyFormat.Yaml)
            {
                (converted, yamlDuplicates) = FromYaml(body);
            }

            named = Interpret(format == BodyFormat.Yaml ? converted : body, expected);
        }
        catch (DecodingException fault)
        {
            throw ApiStatusException.BadRequest(
                $"the object provided is unrecognized (must be of type {expected.Kind}): {fault.Message} ({Summary(body)})");
        }

        ReadOnlySpan<byte> json = format == BodyFormat.Yaml ? converted : body;
        DecodedDocument decoded = DecodeKind(json, named, expected);
        List<string> strictErrors = [];
        if (yamlDuplicates.Count > 0)
        {
            strictErrors.Add("yaml: unmarshal errors:\n  " + string.Join("\n  ", yamlDuplicates));
        }

        strictErrors.AddRange(decoded.StrictErrors);
        Judge(strictErrors, named, expected, validation, warnings);
        decoded.Document["kind"] = expected.Kind;
        decoded.Document["apiVersion"] = expected.ApiVersion;
        return decoded.Document;
    }

    private static DecodedDocument DecodeKind(
        ReadOnlySpan<byte> json, (string Group, string Version, string Kind) named, ObjectSchema expected)
    {
        bool isExpected = named == (expected.Group, expected.Version, expected.Kind);
        ObjectSchema? schema = isExpected ? expected : ObjectSchema.Find(named.Group, named.Version, named.Kind);
        if (schema is null && !KnownKinds.Contains(named.Group, named.Version, named.Kind))
        {
            string version = named.Group.Length == 0 ? named.Version : named.Group + "/" + named.Version;
            throw CannotHandle(named, expected, NotRegistered(named.Kind, version));
        }

        try
        {
            DecodedDocument decoded = schema is null ? new([], []) : ObjectDecoder.Decode(json, schema.Type);
            return isExpected ? decoded : throw CannotHandle(named, expected,
                $"converting ({named.Version}.{named.Kind}) to ({InternalPackage(expected.Group)}.{expected.Kind}): unknown conversion");
        }
        catch (DecodingException fault)
        {
            throw CannotHandle(named, expected, fault.Message);
        }
    }

    private static void Judge(
        List<string> strictErrors, (string Group, string Version, string Kind) named, ObjectSchema expected,
        FieldValidation validation, ICollection<string> warnings)
    {
        if (strictErrors.Count == 0 || validation == FieldValidation.Ignore)
        {
            return;
        }

        if (validation == FieldValidation.Strict)
        {
            throw CannotHandle(named, expected, "strict decoding error: " + string.Join(", ", strictErrors));
        }

        foreach (string error in strictErrors)
        {
            warnings.Add(error);
        }
    }

    /// <summary>Whether a patched object still says that it is of the kind, or says nothing.</summary>
    /// <exception cref="DecodingException">It says something else.</exception>
    public static void CheckKind(JsonObject? document, ObjectSchema expected)
    {
        string kind = document.Text("kind") is { Length: > 0 } given ? given : expected.Kind;
        string apiVersion = document.Text("apiVersion") is { Length: > 0 } version ? version : expected.ApiVersion;
        if (kind == expected.Kind && apiVersion == expected.ApiVersion)
        {
            return;
        }

        string[] parts = apiVersion.Split('/');
        (string group, string name) = parts.Length == 2 ? (parts[0], parts[1]) : ("", parts[0]);
        throw new DecodingException(
            ObjectSchema.Find(group, name, kind) is not null || KnownKinds.Contains(group, name, kind)
                ? $"converting ({name}.{kind}) to ({InternalPackage(expected.Group)}.{expected.Kind}): unknown conversion"
                : NotRegistered(kind, apiVersion));
    }

    private static string NotRegistered(string kind, string apiVersion) =>
        $"no kind {GoText.Quote(kind)} is registered for version {GoText.Quote(apiVersion)} in scheme \"pkg/api/legacyscheme/scheme.go:30\"";

    /// <summary>YAML as JSON bytes, and the keys that it sets twice.</summary>
    /// <exception cref="DecodingException">Not YAML.</exception>
    public static (byte[] Json, IReadOnlyList<string> Duplicates) FromYaml(ReadOnlySpan<byte> yaml)
    {
        var reader = new YamlReader();
        JsonNode? tree = reader.Read(Encoding.UTF8.GetString(yaml));
        return (tree is null ? "null"u8.ToArray() : ObjectDecoder.ToUtf8(tree), reader.Duplicates);
    }

    /// <summary>Group, version and kind that the document names, completed from what is expected.</summary>
    private static (string Group, string Version, string Kind) Interpret(ReadOnlySpan<byte> json, ObjectSchema expected)
    {
        if (JsonSyntax.Fault(json) is { } fault)
        {
            throw Unreadable(fault);
        }

        (string apiVersion, string kind) = NamedIn(json);
        string[] parts = apiVersion.Split('/');
        if (parts.Length > 2)
        {
            throw new DecodingException("unexpected GroupVersion string: " + apiVersion);
        }

        (string group, string version) = parts.Length == 2 ? (parts[0], parts[1]) : ("", parts[0]);
        if (apiVersion.Length == 0)
        {
            (group, version) = (expected.Group, expected.Version);
        }

        return (group, version, kind.Length == 0 ? expected.Kind : kind);
    }

    private static (string ApiVersion, string Kind) NamedIn(ReadOnlySpan<byte> json)
    {
        string apiVersion = "";
        string kind = "";
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 10_002 });
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return ("", "");
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Unreadable($"json: cannot unmarshal {Found(reader.TokenType)} into Go value of type {MetaType}");
        }

        string? wrong = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            bool isKind = reader.ValueTextEquals("kind");
            bool isVersion = reader.ValueTextEquals("apiVersion");
            reader.Read();
            if ((isKind || isVersion) && reader.TokenType == JsonTokenType.String)
            {
                (apiVersion, kind) = isKind ? (apiVersion, reader.GetString()!) : (reader.GetString()!, kind);
            }
            else if ((isKind || isVersion) && reader.TokenType != JsonTokenType.Null)
            {
                wrong ??= $"json: cannot unmarshal {Found(reader.TokenType)} into Go struct field .{(isKind ? "kind" : "apiVersion")} of type string";
            }

            reader.Skip();
        }

        return wrong is null ? (apiVersion, kind) : throw Unreadable(wrong);
    }

    private static string Found(JsonTokenType token) => token switch
    {
        JsonTokenType.String => "string",
        JsonTokenType.Number => "number",
        JsonTokenType.StartObject => "object",
        JsonTokenType.StartArray => "array",
        _ => "bool",
    };

    private static DecodingException Unreadable(string fault) => new("couldn't get version/kind; json parse error: " + fault);

    private static ApiStatusException CannotHandle(
        (string Group, string Version, string Kind) named, ObjectSchema expected, string reason) => ApiStatusException.BadRequest(
            $"{named.Kind} in version {GoText.Quote(named.Version)} cannot be handled as a {expected.Kind}: {reason}");

    /// <summary>The name of the group's package in error texts; events of both groups share the core one.</summary>
    private static string InternalPackage(string group) => group switch
    {
        "" or "events.k8s.io" => "core",
        _ => group[..(group.IndexOf('.', StringComparison.Ordinal) is int dot and >= 0 ? dot : group.Length)],
    };

    private static string Summary(ReadOnlySpan<byte> body)
    {
        if (body.Length == 0)
        {
            return "<empty>";
        }

        ReadOnlySpan<byte> head = body[..Math.Min(30, body.Length)];
        string shown = body[0] == '{' ? Encoding.UTF8.GetString(head) : Convert.ToHexStringLower(head);
        return body.Length > 30 ? shown + " ..." : shown;
    }
}
