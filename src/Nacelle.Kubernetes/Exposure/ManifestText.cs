using System.Text;

namespace Nacelle.Kubernetes.Exposure;

/// <summary>Splits a YAML stream into its documents, as kubectl does: at lines that begin with <c>---</c>.</summary>
internal static class ManifestText
{
    /// <returns>Each document that says anything, with as many empty lines before it as it has lines above it, so that messages name lines of the file.</returns>
    public static IReadOnlyList<string> Documents(string text)
    {
        List<string> documents = [];
        var document = new StringBuilder();
        bool says = false;
        int line = 0;
        foreach (ReadOnlySpan<char> current in text.AsSpan().EnumerateLines())
        {
            line++;
            bool separates = current.StartsWith("---") && (current.Length == 3 || char.IsWhiteSpace(current[3]));
            if (separates)
            {
                Finish();
                continue;
            }

            ReadOnlySpan<char> content = current.TrimStart();
            says |= content.Length > 0 && content[0] != '#' && content[0] != '%' && !content.SequenceEqual("...");
            document.Append(current).Append('\n');
        }

        Finish();
        return documents;

        void Finish()
        {
            if (says)
            {
                documents.Add(document.ToString());
            }

            document.Clear().Append('\n', line);
            says = false;
        }
    }
}
