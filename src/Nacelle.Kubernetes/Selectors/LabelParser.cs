using Nacelle.Kubernetes.Errors;

namespace Nacelle.Kubernetes.Selectors;

/// <summary>Reads <c>a=b,c!=d,e in (f,g),h,!i,j&gt;1</c>; faults are worded as the API words them.</summary>
internal sealed class LabelParser(string selector)
{
    private readonly List<(LabelTokenKind Kind, string Text)> tokens = LabelTokens.Cut(selector);
    private int position;

    public List<LabelRequirement> Parse()
    {
        List<LabelRequirement> requirements = [];
        while (true)
        {
            (LabelTokenKind kind, string text) = Peek();
            switch (kind)
            {
                case LabelTokenKind.Identifier or LabelTokenKind.Not:
                    requirements.Add(RequirementOrFault());
                    break;
                case LabelTokenKind.End:
                    return requirements;
                default:
                    throw new FormatException($"found '{text}', expected: !, identifier, or 'end of string'");
            }

            (kind, text) = Take();
            switch (kind)
            {
                case LabelTokenKind.End:
                    return requirements;
                case LabelTokenKind.Comma:
                    (kind, text) = Peek();
                    if (kind is not (LabelTokenKind.Identifier or LabelTokenKind.Not))
                    {
                        throw new FormatException($"found '{text}', expected: identifier after ','");
                    }

                    break;
                default:
                    throw new FormatException($"found '{text}', expected: ',' or 'end of string'");
            }
        }
    }

    private LabelRequirement RequirementOrFault()
    {
        try
        {
            return Requirement();
        }
        catch (FormatException fault)
        {
            throw new FormatException("unable to parse requirement: " + fault.Message, fault);
        }
    }

    private LabelRequirement Requirement()
    {
        (LabelTokenKind kind, string key) = Take();
        bool not = kind == LabelTokenKind.Not;
        if (not)
        {
            (kind, key) = Take();
        }

        if (kind != LabelTokenKind.Identifier)
        {
            throw new FormatException($"found '{key}', expected: identifier");
        }

        List<FieldError> errors = [];
        LabelRequirement.CheckKey(errors, key, FieldPath.Root);
        if (errors.Count > 0)
        {
            throw new FormatException(errors[0].Message);
        }

        if (not)
        {
            return LabelRequirement.Create(key, SelectorOperator.DoesNotExist);
        }

        if (Peek().Kind is LabelTokenKind.End or LabelTokenKind.Comma)
        {
            return LabelRequirement.Create(key, SelectorOperator.Exists);
        }

        SelectorOperator op = Operator();
        SortedSet<string> values = op is SelectorOperator.In or SelectorOperator.NotIn ? Values() : [ExactValue()];
        return LabelRequirement.Create(key, op, values);
    }

    private SelectorOperator Operator()
    {
        (LabelTokenKind kind, string text) = tokens[position++];
        return kind switch
        {
            LabelTokenKind.In => SelectorOperator.In,
            LabelTokenKind.NotIn => SelectorOperator.NotIn,
            LabelTokenKind.Equals => SelectorOperator.Equals,
            LabelTokenKind.DoubleEquals => SelectorOperator.DoubleEquals,
            LabelTokenKind.NotEquals => SelectorOperator.NotEquals,
            LabelTokenKind.Greater => SelectorOperator.GreaterThan,
            LabelTokenKind.Less => SelectorOperator.LessThan,
            _ => throw new FormatException($"found '{text}', expected: in, notin, =, ==, !=, gt, lt"),
        };
    }

    private SortedSet<string> Values()
    {
        (LabelTokenKind kind, string text) = Take();
        if (kind != LabelTokenKind.Open)
        {
            throw new FormatException($"found '{text}' expected: '('");
        }

        (kind, text) = Peek();
        switch (kind)
        {
            case LabelTokenKind.Identifier or LabelTokenKind.Comma:
                SortedSet<string> values = Identifiers();
                return Take().Kind == LabelTokenKind.Close ? values : throw new FormatException($"found '{text}', expected: ')'");
            case LabelTokenKind.Close:
                Take();
                return [""];
            default:
                throw new FormatException($"found '{text}', expected: ',', ')' or identifier");
        }
    }

    private SortedSet<string> Identifiers()
    {
        var values = new SortedSet<string>(StringComparer.Ordinal);
        while (true)
        {
            (LabelTokenKind kind, string text) = Take();
            switch (kind)
            {
                case LabelTokenKind.Identifier:
                    values.Add(text);
                    (kind, text) = Peek();
                    if (kind == LabelTokenKind.Close)
                    {
                        return values;
                    }

                    if (kind != LabelTokenKind.Comma)
                    {
                        throw new FormatException($"found '{text}', expected: ',' or ')'");
                    }

                    break;
                case LabelTokenKind.Comma:
                    if (values.Count == 0 || Peek().Kind is LabelTokenKind.Close or LabelTokenKind.Comma)
                    {
                        values.Add("");
                    }

                    if (Peek().Kind == LabelTokenKind.Close)
                    {
                        return values;
                    }

                    break;
                default:
                    throw new FormatException($"found '{text}', expected: ',', or identifier");
            }
        }
    }

    private string ExactValue()
    {
        if (Peek().Kind is LabelTokenKind.End or LabelTokenKind.Comma)
        {
            return "";
        }

        (LabelTokenKind kind, string text) = Take();
        return kind == LabelTokenKind.Identifier ? text : throw new FormatException($"found '{text}', expected: identifier");
    }

    private (LabelTokenKind Kind, string Text) Peek() => AsValue(tokens[position]);

    private (LabelTokenKind Kind, string Text) Take() => AsValue(tokens[Math.Min(position++, tokens.Count - 1)]);

    /// <summary>Where a name is expected, <c>in</c> and <c>notin</c> are names.</summary>
    private static (LabelTokenKind Kind, string Text) AsValue((LabelTokenKind Kind, string Text) token) =>
        token.Kind is LabelTokenKind.In or LabelTokenKind.NotIn ? (LabelTokenKind.Identifier, token.Text) : token;
}
