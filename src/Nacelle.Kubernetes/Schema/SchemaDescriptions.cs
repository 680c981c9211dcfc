namespace Nacelle.Kubernetes.Schema;

/// <summary>
/// What the tables say in words about Nacelle's own types and their fields. It is read again for each document that is made of it, which is made once: between
/// these, no text is kept.
/// </summary>
public sealed class SchemaDescriptions
{
    private readonly Dictionary<(string Type, string Field), string> texts = [];
    private readonly List<(string Type, string Inlined)> inlines = [];

    private SchemaDescriptions()
    {
    }

    public static SchemaDescriptions Read()
    {
        var descriptions = new SchemaDescriptions();
        foreach (StreamReader reader in SchemaTables.Open())
        {
            descriptions.Read(reader);
        }

        return descriptions;
    }

    /// <summary>The description of a structure; null for none.</summary>
    public string? Of(SchemaType type) => texts.GetValueOrDefault((type.Name, ""));

    /// <summary>The description of a field of a structure, from the structure that it is inlined from where its own says nothing; null for none.</summary>
    public string? Of(SchemaType type, SchemaField field) => texts.GetValueOrDefault((type.Name, field.Name))
        ?? inlines.Where(one => one.Type == type.Name).Select(one => texts.GetValueOrDefault((one.Inlined, field.Name))).FirstOrDefault(text => text is not null);

    private void Read(StreamReader reader)
    {
        string type = "";
        string? field = "";
        while (reader.ReadLine() is { } line)
        {
            if (SchemaTables.IsDescription(line))
            {
                Add(type, field, line.TrimStart(' ', '|'));
                continue;
            }

            string[] words = line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1 && line[0] == ' ')
            {
                field = words[0] == "inline" ? null : words[0];
                if (field is null)
                {
                    inlines.Add((type, words[1]));
                }
            }
            else if (words.Length > 1)
            {
                (type, field) = (words[1], "");
            }
        }
    }

    // Behind an inlined structure the description names the field of it that is meant.
    private void Add(string type, string? field, string text)
    {
        if (field is null)
        {
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            (field, text) = (text[..colon], text[(colon + 1)..].TrimStart(' '));
        }

        texts.Add((type, field), text);
    }
}
