using System.Globalization;
using System.Text;

namespace Nacelle.Kubernetes.Names;

/// <summary>
/// The rules for names, label keys and values, ports and environment variables. Each method returns the faults as the
/// API's messages word them; an empty list means the value is good. Lengths count bytes of UTF-8.
/// Source: apimachinery <c>util/validation</c> and <c>api/validate/content</c>.
/// </summary>
public static class NameRules
{
    private const string LabelFormat = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private const string SubdomainFormat = LabelFormat + "(\\." + LabelFormat + ")*";
    private const string UnderscoreLabelFormat = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
    private const string UnderscoreSubdomainFormat = UnderscoreLabelFormat + "(\\." + UnderscoreLabelFormat + ")*";
    private const string QualifiedFormat = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private const string QualifiedMessage =
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

    public static IReadOnlyList<string> Dns1123Label(string value)
    {
        var faults = new List<string>();
        AddTooLong(faults, value, 63, "characters");
        if (!IsLabel(value))
        {
            faults.Add(IsSubdomain(value) ? "must not contain dots" : Format(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
                LabelFormat, "my-name", "123-abc"));
        }

        return faults;
    }

    public static IReadOnlyList<string> Dns1123Subdomain(string value)
    {
        var faults = new List<string>();
        AddTooLong(faults, value, 253, "characters");
        if (!IsSubdomain(value))
        {
            faults.Add(Format(
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
                SubdomainFormat, "example.com"));
        }

        return faults;
    }

    public static IReadOnlyList<string> Dns1123SubdomainWithUnderscore(string value)
    {
        var faults = new List<string>();
        AddTooLong(faults, value, 253, "characters");
        if (!value.Split('.').All(IsUnderscoreLabel))
        {
            faults.Add(Format(
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
                UnderscoreSubdomainFormat, "example.com"));
        }

        return faults;
    }

    public static IReadOnlyList<string> Dns1035Label(string value)
    {
        var faults = new List<string>();
        AddTooLong(faults, value, 63, "characters");
        if (!IsLabel(value) || !char.IsAsciiLetterLower(value[0]))
        {
            faults.Add(Format(
                "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
                "[a-z]([-a-z0-9]*[a-z0-9])?", "my-name", "abc-123"));
        }

        return faults;
    }

    /// <summary>A label key, finalizer or other qualified name: an optional DNS subdomain prefix, <c>/</c>, and a name.</summary>
    public static IReadOnlyList<string> QualifiedName(string value)
    {
        var faults = new List<string>();
        string[] parts = value.Split('/');
        if (parts.Length > 2)
        {
            return ["a valid label key " + Format(QualifiedMessage, QualifiedFormat, "MyName", "my.name", "123-abc")
                + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"];
        }

        string name = parts[^1];
        if (parts.Length == 2)
        {
            if (parts[0].Length == 0)
            {
                faults.Add("prefix part must be non-empty");
            }
            else
            {
                faults.AddRange(Dns1123Subdomain(parts[0])
                    .Select(fault => "prefix part " + fault.Replace("253 characters", "253 bytes", StringComparison.Ordinal)));
            }
        }

        if (name.Length == 0)
        {
            faults.Add("name part must be non-empty");
        }
        else if (Encoding.UTF8.GetByteCount(name) > 63)
        {
            faults.Add("name part must be no more than 63 bytes");
        }

        if (!IsQualifiedPart(name))
        {
            faults.Add("name part " + Format(QualifiedMessage, QualifiedFormat, "MyName", "my.name", "123-abc"));
        }

        return faults;
    }

    public static IReadOnlyList<string> LabelValue(string value)
    {
        var faults = new List<string>();
        AddTooLong(faults, value, 63, "bytes");
        if (value.Length > 0 && !IsQualifiedPart(value))
        {
            faults.Add(Format(
                "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
                "(" + QualifiedFormat + ")?", "MyValue", "my_value", "12345"));
        }

        return faults;
    }

    /// <summary>A key of a ConfigMap or Secret, which may become a file name.</summary>
    public static IReadOnlyList<string> ConfigMapKey(string value)
    {
        var faults = new List<string>();
        AddTooLong(faults, value, 253, "characters");
        if (value.Length == 0 || !value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_'))
        {
            faults.Add(Format("a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
                "[-._a-zA-Z0-9]+", "key.name", "KEY_NAME", "key-name"));
        }

        AddParentPrefix(faults, value);
        return faults;
    }

    /// <summary>The name of an environment variable: any printable ASCII but <c>=</c>.</summary>
    public static IReadOnlyList<string> EnvironmentVariable(string value)
    {
        var faults = new List<string>();
        if (value.Length == 0)
        {
            faults.Add("environment variable name must be non-empty");
        }

        if (value.Any(c => c is < ' ' or > '~' or '='))
        {
            faults.Add("a valid environment variable name must consist only of printable ASCII characters other than '='");
        }

        return faults;
    }

    public static IReadOnlyList<string> CIdentifier(string value) =>
        value.Length > 0 && !char.IsAsciiDigit(value[0]) && value.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            ? []
            : [Format("a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
                "[A-Za-z_][A-Za-z0-9_]*", "my_name", "MY_NAME", "MyName")];

    public static IReadOnlyList<string> PortNumber(long port) => Between(port, 1, 65535);

    public static IReadOnlyList<string> UserOrGroupId(long id) => Between(id, 0, int.MaxValue);

    public static IReadOnlyList<string> Between(long value, long minimum, long maximum) =>
        value >= minimum && value <= maximum
            ? []
            : [string.Create(CultureInfo.InvariantCulture, $"must be between {minimum} and {maximum}, inclusive")];

    /// <summary>The name of a port, as services use it (IANA service name).</summary>
    public static IReadOnlyList<string> PortName(string value)
    {
        var faults = new List<string>();
        AddTooLong(faults, value, 15, "characters");
        if (value.Length == 0 || !value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
        {
            faults.Add("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
        }

        if (!value.Any(char.IsAsciiLetterLower))
        {
            faults.Add("must contain at least one letter (a-z)");
        }

        if (value.Contains("--", StringComparison.Ordinal))
        {
            faults.Add("must not contain consecutive hyphens");
        }

        if (value.Length > 0 && (value[0] == '-' || value[^1] == '-'))
        {
            faults.Add("must not begin or end with a hyphen");
        }

        return faults;
    }

    public static IReadOnlyList<string> HttpHeaderName(string value) =>
        value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? []
            : [Format("a valid HTTP header must consist of alphanumeric characters or '-'", "[-A-Za-z0-9]+", "X-Header-Name")];

    /// <summary>A name that becomes one segment of a URL path.</summary>
    public static IReadOnlyList<string> PathSegment(string value)
    {
        if (value is "." or "..")
        {
            return [$"may not be '{value}'"];
        }

        var faults = new List<string>();
        foreach (char illegal in "/%")
        {
            if (value.Contains(illegal))
            {
                faults.Add($"may not contain '{illegal}'");
            }
        }

        return faults;
    }

    /// <summary>A prefix for generated names: a trailing hyphen does not count.</summary>
    public static string MaskTrailingDash(string prefix) => prefix.Length > 1 && prefix.EndsWith('-') ? prefix[..^1] + "a" : prefix;

    internal static string Format(string message, string format, params ReadOnlySpan<string> examples)
    {
        if (examples.Length == 0)
        {
            return message + " (regex used for validation is '" + format + "')";
        }

        var text = new StringBuilder(message).Append(" (e.g. ");
        for (int i = 0; i < examples.Length; i++)
        {
            text.Append(i > 0 ? " or " : "").Append('\'').Append(examples[i]).Append("', ");
        }

        return text.Append("regex used for validation is '").Append(format).Append("')").ToString();
    }

    internal static bool IsLabel(string value) =>
        value.Length > 0 && IsLowerOrDigit(value[0]) && IsLowerOrDigit(value[^1]) && value.All(c => IsLowerOrDigit(c) || c == '-');

    internal static bool IsSubdomain(string value) => value.Split('.').All(IsLabel);

    private static bool IsUnderscoreLabel(string value)
    {
        string rest = value.StartsWith('_') ? value[1..] : value;
        return rest.Length > 0 && IsLowerOrDigit(rest[0]) && IsLowerOrDigit(rest[^1]) && rest.All(c => IsLowerOrDigit(c) || c is '-' or '_');
    }

    private static bool IsQualifiedPart(string value) => value.Length > 0
        && char.IsAsciiLetterOrDigit(value[0]) && char.IsAsciiLetterOrDigit(value[^1])
        && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static bool IsLowerOrDigit(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);

    private static void AddTooLong(List<string> faults, string value, int maximum, string unit)
    {
        if (Encoding.UTF8.GetByteCount(value) > maximum)
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"must be no more than {maximum} {unit}"));
        }
    }

    internal static void AddParentPrefix(List<string> faults, string value)
    {
        if (value is "." or "..")
        {
            faults.Add($"must not be '{value}'");
        }
        else if (value.StartsWith("..", StringComparison.Ordinal))
        {
            faults.Add("must not start with '..'");
        }
    }
}
