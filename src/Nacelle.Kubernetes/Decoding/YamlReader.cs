using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Nacelle.Kubernetes.Decoding;

/// <summary>
/// Turns the first document of a YAML stream into a JSON tree, with the keys of each map sorted. Aliases are expanded within the
/// reference server's limits; keys that are given twice are noted with their line.
/// </summary>
internal sealed class YamlReader
{
    private const int MaximumDepth = 10_000;
    private const int BuildDepth = 1_000;

    private readonly List<ParsingEvent> events = [];
    private readonly Dictionary<string, int> anchors = [];
    private readonly HashSet<int> expanding = [];
    private int position;
    private int decoded;
    private int decodedInAliases;
    private int aliasDepth;

    /// <summary>Keys that were set twice, as the YAML library words them.</summary>
    public List<string> Duplicates { get; } = [];

    /// <exception cref="DecodingException">Not YAML, or it has no JSON form.</exception>
    public JsonNode? Read(string yaml)
    {
        ReadEvents(yaml);
        return events.Count == 0 ? null : Node(0);
    }

    private void ReadEvents(string yaml)
    {
        var parser = new Parser(new Scanner(new StringReader(yaml), skipComments: true));
        int depth = 0;
        try
        {
            while (parser.MoveNext())
            {
                ParsingEvent current = parser.Current!;
                switch (current)
                {
                    case DocumentEnd:
                        return;
                    case StreamStart or DocumentStart or StreamEnd or Comment:
                        continue;
                    case MappingStart or SequenceStart when ++depth > MaximumDepth:
                        throw new DecodingException(string.Create(CultureInfo.InvariantCulture,
                            $"yaml: line {current.Start.Line}: exceeded max depth of {MaximumDepth}"));
                    case MappingEnd or SequenceEnd:
                        depth--;
                        break;
                }

                if (current is NodeEvent { Anchor.IsEmpty: false } node)
                {
                    anchors[node.Anchor.Value] = events.Count;
                }

                events.Add(current);
            }
        }
        catch (YamlException fault)
        {
            throw new DecodingException(YamlFaults.Word(fault));
        }
        catch (InvalidOperationException fault)
        {
            throw new DecodingException("yaml: " + fault.Message);
        }
    }

    private JsonNode? Node(int depth)
    {
        Count();
        if (depth > BuildDepth)
        {
            throw new DecodingException(string.Create(CultureInfo.InvariantCulture, $"yaml: exceeded max depth of {BuildDepth}"));
        }

        ParsingEvent current = events[position++];
        return current switch
        {
            Scalar scalar => YamlScalars.Value(scalar),
            SequenceStart => Sequence(depth),
            MappingStart => Mapping(depth),
            AnchorAlias alias => Alias(alias, depth),
            _ => throw new DecodingException("yaml: unexpected " + current.GetType().Name),
        };
    }

    private JsonArray Sequence(int depth)
    {
        var list = new JsonArray();
        while (events[position] is not SequenceEnd)
        {
            list.Add(Node(depth + 1));
        }

        position++;
        return list;
    }

    private JsonObject Mapping(int depth)
    {
        var map = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal);
        MappingInto(map, depth);
        var document = new JsonObject();
        foreach ((string key, JsonNode? value) in map)
        {
            document[key] = value;
        }

        return document;
    }

    private void MappingInto(SortedDictionary<string, JsonNode?> map, int depth)
    {
        while (events[position] is not MappingEnd)
        {
            if (events[position] is Scalar merge && YamlScalars.IsMerge(merge))
            {
                position++;
                Merge(map, depth);
                continue;
            }

            (string key, string shown) = Key();
            long line = events[position].Start.Line;
            JsonNode? value = Node(depth + 1);
            if (!map.TryAdd(key, value))
            {
                Duplicates.Add(string.Create(CultureInfo.InvariantCulture, $"line {line}: key {shown} already set in map"));
                map[key] = value;
            }
        }

        position++;
    }

    private (string Key, string Shown) Key()
    {
        Count();
        int at = position;
        if (events[position] is AnchorAlias alias)
        {
            at = anchors.GetValueOrDefault(alias.Value.Value, position);
        }

        if (events[at] is not Scalar scalar)
        {
            throw new DecodingException("yaml: invalid map key: " + events[at].GetType().Name);
        }

        position++;
        try
        {
            return YamlScalars.Key(scalar);
        }
        catch (DecodingException fault) when (fault.Message.EndsWith("value: ", StringComparison.Ordinal))
        {
            throw new DecodingException(fault.Message + (Node(0)?.ToJsonString(JsonText.Compact) ?? "<nil>"));
        }
    }

    private void Merge(SortedDictionary<string, JsonNode?> map, int depth)
    {
        Count();
        int start = position;
        ParsingEvent current = events[position++];
        switch (current)
        {
            case MappingStart:
                MappingInto(map, depth);
                return;
            case AnchorAlias alias when anchors.TryGetValue(alias.Value.Value, out int target) && events[target] is MappingStart:
                Expand(target, () =>
                {
                    position++;
                    MappingInto(map, depth);
                    return null;
                });
                return;
            case SequenceStart:
                MergeAll(map, depth);
                return;
        }

        position = start;
        throw new DecodingException("yaml: map merge requires map or sequence of maps as the value");
    }

    /// <summary>The first map of a list wins, so the list is merged from its end.</summary>
    private void MergeAll(SortedDictionary<string, JsonNode?> map, int depth)
    {
        List<int> starts = [];
        while (events[position] is not SequenceEnd)
        {
            starts.Add(position);
            Skip();
        }

        int end = position + 1;
        for (int i = starts.Count - 1; i >= 0; i--)
        {
            position = starts[i];
            Merge(map, depth);
        }

        position = end;
    }

    private void Skip()
    {
        int depth = 0;
        do
        {
            depth += events[position++] switch
            {
                MappingStart or SequenceStart => 1,
                MappingEnd or SequenceEnd => -1,
                _ => 0,
            };
        }
        while (depth > 0);
    }

    private JsonNode? Alias(AnchorAlias alias, int depth) =>
        anchors.TryGetValue(alias.Value.Value, out int target)
            ? Expand(target, () => Node(depth + 1), alias.Value.Value)
            : throw new DecodingException($"yaml: unknown anchor '{alias.Value.Value}' referenced");

    private JsonNode? Expand(int target, Func<JsonNode?> read, string name = "")
    {
        if (!expanding.Add(target))
        {
            throw new DecodingException($"yaml: anchor '{name}' value contains itself");
        }

        int back = position;
        position = target;
        aliasDepth++;
        JsonNode? value = read();
        aliasDepth--;
        position = back;
        expanding.Remove(target);
        return value;
    }

    /// <summary>A small text must not expand to an enormous document: past a size, most of it must not come from aliases.</summary>
    private void Count()
    {
        decoded++;
        decodedInAliases += aliasDepth > 0 ? 1 : 0;
        if (decodedInAliases > 100 && decoded > 1000 && (double)decodedInAliases / decoded > AllowedShare(decoded))
        {
            throw new DecodingException("yaml: document contains excessive aliasing");
        }
    }

    private static double AllowedShare(int count) => count switch
    {
        <= 400_000 => 0.99,
        >= 4_000_000 => 0.10,
        _ => 0.99 - (0.89 * (count - 400_000) / 3_600_000.0),
    };
}
