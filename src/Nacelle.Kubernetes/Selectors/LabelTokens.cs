namespace Nacelle.Kubernetes.Selectors;

/// <summary>Cuts a label selector into tokens; the list always ends with <see cref="LabelTokenKind.End"/>.</summary>
internal static class LabelTokens
{
    private static readonly Dictionary<string, LabelTokenKind> Words = new()
    {
        [")"] = LabelTokenKind.Close,
        [","] = LabelTokenKind.Comma,
        ["!"] = LabelTokenKind.Not,
        ["=="] = LabelTokenKind.DoubleEquals,
        ["="] = LabelTokenKind.Equals,
        [">"] = LabelTokenKind.Greater,
        ["in"] = LabelTokenKind.In,
        ["<"] = LabelTokenKind.Less,
        ["!="] = LabelTokenKind.NotEquals,
        ["notin"] = LabelTokenKind.NotIn,
        ["("] = LabelTokenKind.Open,
    };

    public static List<(LabelTokenKind Kind, string Text)> Cut(string selector)
    {
        List<(LabelTokenKind, string)> tokens = [];
        int position = 0;
        while (true)
        {
            while (position < selector.Length && IsSpace(selector[position]))
            {
                position++;
            }

            if (position >= selector.Length)
            {
                tokens.Add((LabelTokenKind.End, ""));
                return tokens;
            }

            tokens.Add(IsSpecial(selector[position]) ? Special(selector, ref position) : Word(selector, ref position));
        }
    }

    private static (LabelTokenKind Kind, string Text) Word(string selector, ref int position)
    {
        int start = position;
        while (position < selector.Length && !IsSpecial(selector[position]) && !IsSpace(selector[position]))
        {
            position++;
        }

        string word = selector[start..position];
        return (Words.GetValueOrDefault(word, LabelTokenKind.Identifier), word);
    }

    /// <summary>The longest run of special characters that is a token.</summary>
    private static (LabelTokenKind Kind, string Text) Special(string selector, ref int position)
    {
        int start = position;
        (LabelTokenKind Kind, string Text) found = default;
        while (position < selector.Length && IsSpecial(selector[position]))
        {
            string run = selector[start..(position + 1)];
            if (Words.TryGetValue(run, out LabelTokenKind kind))
            {
                found = (kind, run);
            }
            else if (found.Text is not null)
            {
                break;
            }

            position++;
        }

        return found.Text is null ? (LabelTokenKind.Fault, $"error expected: keyword found '{selector[start..position]}'") : found;
    }

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\r' or '\n';

    private static bool IsSpecial(char c) => c is '=' or '!' or '(' or ')' or ',' or '>' or '<';
}
