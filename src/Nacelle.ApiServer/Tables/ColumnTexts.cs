using System.Text;
using System.Xml;

namespace Nacelle.ApiServer.Tables;

/// <summary>
/// Descriptions of columns that show a field of the API: the field's own, taken at build time from the documentation of
/// the client package. Empty where the package has none.
/// </summary>
internal static class ColumnTexts
{
    private const string Resource = "Nacelle.ApiServer.ColumnTexts.xml";
    private const string Prefix = "P:k8s.Models.";

    private static readonly Lazy<Dictionary<string, string>> Texts = new(Load);

    /// <param name="property">Type and property in the client package, such as <c>V1PodStatus.PodIP</c>.</param>
    public static string Of(string property) => Texts.Value.GetValueOrDefault(property, "");

    private static Dictionary<string, string> Load()
    {
        var texts = new Dictionary<string, string>();
        using Stream? stream = typeof(ColumnTexts).Assembly.GetManifestResourceStream(Resource);
        if (stream is null)
        {
            return texts;
        }

        using var reader = XmlReader.Create(stream, new XmlReaderSettings { ConformanceLevel = ConformanceLevel.Fragment });
        string member = "";
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element && reader.Name == "member")
            {
                member = reader.GetAttribute("name") ?? "";
            }
            else if (reader.NodeType == XmlNodeType.Text && member.StartsWith(Prefix, StringComparison.Ordinal))
            {
                texts[member[Prefix.Length..]] = Unwrap(reader.Value);
            }
        }

        return texts;
    }

    /// <summary>The package wraps its lines; an empty line is a paragraph.</summary>
    private static string Unwrap(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (string line in text.Trim().Split('\n').Select(l => l.Trim()))
        {
            if (line.Length == 0)
            {
                result.Append("\n\n");
            }
            else
            {
                result.Append(result.Length == 0 || result[^1] == '\n' ? "" : " ").Append(line);
            }
        }

        return result.ToString();
    }
}
