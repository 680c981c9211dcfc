using System.Globalization;
using System.Text.RegularExpressions;

namespace Nacelle.EndToEndTests.Page;

/// <summary>One line of busybox's <c>ps ax</c>; the TIME column is there in some builds.</summary>
public sealed partial record ProcessLine(int Pid, string User, string Command)
{
    public static IReadOnlyList<ProcessLine> Parse(IEnumerable<string> lines)
        => [.. lines.Select(line => Pattern().Match(line)).Where(match => match.Success).Select(match => new ProcessLine(
            int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), match.Groups[2].Value, match.Groups[3].Value))];

    [GeneratedRegex(@"^\s*(\d+)\s+(\S+)\s+(?:\d+:\d\d\s+)?(.+)$")]
    private static partial Regex Pattern();
}
