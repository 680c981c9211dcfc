using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;

namespace Nacelle.Kubernetes.Schema;

/// <summary>Reads the embedded tables (Schema/Tables, see the README there) once, on first use, and links the types.</summary>
public sealed class SchemaTables
{
    private const string Prefix = "Nacelle.Schema.";

    private static readonly Lazy<SchemaTables> Loaded = new(Load);

    private readonly Dictionary<string, TypeLines> structures = [];
    private readonly Dictionary<string, (string Type, ImmutableArray<string> Values)> scalars = [];
    private readonly Dictionary<string, SchemaType> types = [];
    private readonly Dictionary<(string Group, string Version, string Kind), ObjectSchema> kinds = [];
    private readonly List<(string Group, string Version, string Kind, string Type)> kindLines = [];

    private SchemaTables()
    {
    }

    public static SchemaTables Default => Loaded.Value;

    public IEnumerable<ObjectSchema> Kinds => kinds.Values;

    public ObjectSchema? Find(string group, string version, string kind) => kinds.GetValueOrDefault((group, version, kind));

    /// <summary>The structure of that table name, such as <c>core.PodSpec</c>.</summary>
    /// <exception cref="InvalidDataException">The tables do not have it.</exception>
    public SchemaType Type(string name)
    {
        lock (types)
        {
            return Resolve(name);
        }
    }

    /// <summary>The texts of the tables; each is open until the next is asked for.</summary>
    internal static IEnumerable<StreamReader> Open()
    {
        Assembly assembly = typeof(SchemaTables).Assembly;
        foreach (string name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return reader;
        }
    }

    /// <summary>Whether a line describes the one before it in words, which only <see cref="SchemaDescriptions"/> reads.</summary>
    internal static bool IsDescription(ReadOnlySpan<char> line) => line.TrimStart(' ') is ['|', ..];

    private static SchemaTables Load()
    {
        var tables = new SchemaTables();
        foreach (StreamReader reader in Open())
        {
            tables.Read(reader);
        }

        foreach ((string group, string version, string kind, string type) in tables.kindLines)
        {
            tables.kinds[(group, version, kind)] = new ObjectSchema(group, version, kind, tables.Resolve(type));
        }

        return tables;
    }

    private void Read(StreamReader reader)
    {
        TypeLines? current = null;
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#' || IsDescription(line))
            {
                continue;
            }

            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (line[0] == ' ')
            {
                current!.Fields.Add(words);
                continue;
            }

            switch (words[0])
            {
                case "kind":
                    kindLines.Add((words[1] == "-" ? "" : words[1], words[2], words[3], words[4]));
                    break;
                case "scalar":
                    scalars[words[1]] = (words[2], words.Length > 3 ? [.. words[3]["enum=".Length..].Split(',')] : []);
                    break;
                default:
                    current = new TypeLines([], words.Length > 2);
                    structures[words[1]] = current;
                    break;
            }
        }
    }

    private SchemaType Resolve(string name)
    {
        if (types.TryGetValue(name, out SchemaType? known))
        {
            return known;
        }

        if (structures.TryGetValue(name, out TypeLines? lines))
        {
            var structure = new SchemaType(SchemaKind.Structure, name, GoName(name)) { Atomic = lines.Atomic };
            types[name] = structure;
            var fields = new List<SchemaField>(lines.Fields.Count);
            AddFields(fields, lines, "");
            structure.Fields = [.. fields];
            return structure;
        }

        SchemaType made = Make(name);
        types[name] = made;
        return made;
    }

    private SchemaType Make(string name)
    {
        if (scalars.TryGetValue(name, out (string Type, ImmutableArray<string> Values) scalar))
        {
            SchemaType plain = Resolve(scalar.Type);
            return new SchemaType(plain.Kind, name, GoName(name)) { Element = plain.Element, Values = scalar.Values };
        }

        if (name == "[]byte")
        {
            return new SchemaType(SchemaKind.Bytes, "", "[]uint8");
        }

        if (name.StartsWith("[]", StringComparison.Ordinal))
        {
            return new SchemaType(SchemaKind.List, "", GoName(name)) { Element = Resolve(name[2..]) };
        }

        if (name.StartsWith("map[", StringComparison.Ordinal))
        {
            return new SchemaType(SchemaKind.Map, "", GoName(name)) { Element = Resolve(name[(name.IndexOf(']', StringComparison.Ordinal) + 1)..]) };
        }

        SchemaKind kind = name switch
        {
            "string" => SchemaKind.Text,
            "bool" => SchemaKind.Flag,
            "int32" or "int" => SchemaKind.Number32,
            "int64" => SchemaKind.Number64,
            "resource.Quantity" => SchemaKind.Quantity,
            "intstr.IntOrString" => SchemaKind.IntOrString,
            "meta.Time" => SchemaKind.Time,
            "meta.MicroTime" => SchemaKind.MicroTime,
            "meta.Duration" => SchemaKind.Duration,
            "meta.FieldsV1" or "runtime.RawExtension" => SchemaKind.Raw,
            _ => throw new InvalidDataException($"schema tables name the unknown type '{name}'"),
        };
        return new SchemaType(kind, name, GoName(name));
    }

    private void AddFields(List<SchemaField> fields, TypeLines lines, string inlinePath)
    {
        foreach (string[] words in lines.Fields)
        {
            if (words[0] == "inline")
            {
                AddFields(fields, structures[words[1]], inlinePath + words[1][(words[1].IndexOf('.', StringComparison.Ordinal) + 1)..] + ".");
            }
            else
            {
                fields.Add(Flags(words, inlinePath));
            }
        }
    }

    private SchemaField Flags(string[] words, string inlinePath)
    {
        bool pointer = words[1][0] == '*';
        var field = new SchemaField
        {
            Name = words[0],
            Type = Resolve(pointer ? words[1][1..] : words[1]),
            Nullable = pointer,
            InlinePath = inlinePath,
        };
        foreach (string word in words.AsSpan(2))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string value = equals < 0 ? "" : word[(equals + 1)..];
            field = (equals < 0 ? word : word[..equals]) switch
            {
                "always" => field with { Always = true },
                "omitzero" => field with { OmitZero = true },
                "required" => field with { Required = true },
                "atomic" => field with { Atomic = true },
                "default" => field with { Default = value },
                "since" => field with { Since = int.Parse(value.AsSpan(2), CultureInfo.InvariantCulture) },
                "list" => WithList(field, value),
                "patch" => WithPatch(field, value),
                _ => throw new InvalidDataException($"schema tables: field {words[0]} has the unknown flag '{word}'"),
            };
        }

        return field;
    }

    private static SchemaField WithList(SchemaField field, string value) => value switch
    {
        "atomic" => field with { ListType = ListType.Atomic },
        "set" => field with { ListType = ListType.Set },
        _ => field with { ListType = ListType.Map, ListKeys = [.. InParentheses(value).Split(',')] },
    };

    private static SchemaField WithPatch(SchemaField field, string value)
    {
        int open = value.IndexOf('(', StringComparison.Ordinal);
        return field with
        {
            PatchStrategies = [.. (open < 0 ? value : value[..open]).Split('+')],
            PatchMergeKey = open < 0 ? null : InParentheses(value),
        };
    }

    private static string InParentheses(string value) => value[(value.IndexOf('(', StringComparison.Ordinal) + 1)..^1];

    /// <summary>The package's Go name in error texts: every API package is called v1 there.</summary>
    private static string GoName(string name)
    {
        if (name.StartsWith("[]", StringComparison.Ordinal))
        {
            return "[]" + GoName(name[2..]);
        }

        if (name.StartsWith('*'))
        {
            return "*" + GoName(name[1..]);
        }

        if (name.StartsWith("map[", StringComparison.Ordinal))
        {
            int close = name.IndexOf(']', StringComparison.Ordinal);
            return "map[" + GoName(name[4..close]) + "]" + GoName(name[(close + 1)..]);
        }

        int dot = name.IndexOf('.', StringComparison.Ordinal);
        string package = dot < 0 ? "" : name[..dot];
        return package switch
        {
            "" => name == "byte" ? "uint8" : name,
            "resource" or "intstr" or "runtime" or "types" => name,
            _ => "v1" + name[dot..],
        };
    }

    private sealed record TypeLines(List<string[]> Fields, bool Atomic);
}
