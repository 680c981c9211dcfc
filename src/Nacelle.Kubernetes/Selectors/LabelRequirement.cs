using System.Collections.Immutable;
using System.Globalization;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;

namespace Nacelle.Kubernetes.Selectors;

/// <summary>One condition of a label selector.</summary>
public sealed record LabelRequirement
{
    private LabelRequirement(string key, SelectorOperator op, ImmutableArray<string> values)
    {
        Key = key;
        Operator = op;
        Values = values;
    }

    public string Key { get; }

    public SelectorOperator Operator { get; }

    public ImmutableArray<string> Values { get; }

    /// <exception cref="FormatException">The key, a value or their number is not allowed; the message is the API's.</exception>
    public static LabelRequirement Create(string key, SelectorOperator op, params IEnumerable<string> values)
    {
        ImmutableArray<string> list = [.. values];
        List<FieldError> errors = [];
        CheckKey(errors, key, "key");
        CheckNumber(errors, op, list);
        for (int i = 0; i < list.Length; i++)
        {
            IReadOnlyList<string> faults = NameRules.LabelValue(list[i]);
            if (faults.Count > 0)
            {
                errors.Add(FieldError.Invalid(new FieldPath("values").Index(i).Key(key), list[i], string.Join("; ", faults)));
            }
        }

        if (errors.Count > 0)
        {
            string[] messages = [.. errors.Select(error => error.Message).Distinct()];
            throw new FormatException(messages.Length == 1 ? messages[0] : "[" + string.Join(", ", messages) + "]");
        }

        return new(key, op, list);
    }

    public bool Matches(Func<string, string?> label)
    {
        string? value = label(Key);
        return Operator switch
        {
            SelectorOperator.In or SelectorOperator.Equals or SelectorOperator.DoubleEquals => value is not null && Values.Contains(value),
            SelectorOperator.NotIn or SelectorOperator.NotEquals => value is null || !Values.Contains(value),
            SelectorOperator.Exists => value is not null,
            SelectorOperator.DoesNotExist => value is null,
            _ => ComparesNumbers(value),
        };
    }

    internal static void CheckKey(List<FieldError> errors, string key, FieldPath path)
    {
        IReadOnlyList<string> faults = NameRules.QualifiedName(key);
        if (faults.Count > 0)
        {
            errors.Add(FieldError.Invalid(path, key, string.Join("; ", faults)));
        }
    }

    private static void CheckNumber(List<FieldError> errors, SelectorOperator op, ImmutableArray<string> values)
    {
        FieldPath path = "values";
        string shown = "[" + string.Join(",", values.Select(GoText.Quote)) + "]";
        switch (op)
        {
            case SelectorOperator.In or SelectorOperator.NotIn when values.Length == 0:
                errors.Add(FieldError.InvalidText(path, shown, "for 'in', 'notin' operators, values set can't be empty"));
                break;
            case SelectorOperator.Equals or SelectorOperator.DoubleEquals or SelectorOperator.NotEquals when values.Length != 1:
                errors.Add(FieldError.InvalidText(path, shown, "exact-match compatibility requires one single value"));
                break;
            case SelectorOperator.Exists or SelectorOperator.DoesNotExist when values.Length != 0:
                errors.Add(FieldError.InvalidText(path, shown, "values set must be empty for exists and does not exist"));
                break;
            case SelectorOperator.GreaterThan or SelectorOperator.LessThan:
                CheckNumbers(errors, path, shown, values);
                break;
        }
    }

    private static void CheckNumbers(List<FieldError> errors, FieldPath path, string shown, ImmutableArray<string> values)
    {
        if (values.Length != 1)
        {
            errors.Add(FieldError.InvalidText(path, shown, "for 'Gt', 'Lt' operators, exactly one value is required"));
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (!TryNumber(values[i], out _))
            {
                errors.Add(FieldError.Invalid(path.Index(i), values[i], "for 'Gt', 'Lt' operators, the value must be an integer"));
            }
        }
    }

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    private bool ComparesNumbers(string? value) =>
        value is not null && TryNumber(value, out long left) && TryNumber(Values[0], out long right)
        && (Operator == SelectorOperator.GreaterThan ? left > right : left < right);
}
