using System.Text;

using Nacelle.Kubernetes.Exposure;

namespace Nacelle.Audit;

/// <summary>Findings for people: the open ones grouped, the worst first, each with its rule and remedy; then every pair as a matrix.</summary>
internal static class ExposureTable
{
    private static readonly Access[] Accesses = Enum.GetValues<Access>();

    /// <summary>One line on what a Pod shares.</summary>
    public static string Header(PodFacts pod) => pod.Sharing.Length > 0
        ? $"Pod {Escape(pod.Name)}: {pod.Containers.Count(container => !container.IsHost)} containers, {pod.Sharing}\n"
        : $"Pod {Escape(pod.Name)}: containers have process namespaces of their own\n";

    public static string Of(IReadOnlyList<ExposureFinding> findings, string header)
    {
        var text = new StringBuilder(header);
        WriteContradictions(text, findings);
        WriteFindings(text, findings);
        WriteMatrix(text, findings);
        foreach (var note in findings.SelectMany(finding => finding.Note.Split("; ")).Where(note => note.Length > 0).Distinct())
        {
            text.Append("note: ").Append(Escape(note)).Append('\n');
        }

        return text.ToString();
    }

    private static void WriteContradictions(StringBuilder text, IReadOnlyList<ExposureFinding> findings)
    {
        foreach (var finding in findings.Where(finding => finding.Verified == false))
        {
            text.Append($"prediction contradicted: defect of nacelle: {finding.Observer} -> {finding.Target} {Words.Of(finding.Access)}: ")
                .Append($"predicted {Words.Of(finding.Allowed)} ({finding.Rule}); {finding.Note}\n");
        }
    }

    private static void WriteFindings(StringBuilder text, IReadOnlyList<ExposureFinding> findings)
    {
        List<string> rules = [];
        var blocks = FindingBlock.Of(findings);
        if (blocks.Count == 0)
        {
            text.Append(findings.Count > 0 ? "no findings\n" : "no findings: there are no two containers that run at the same time\n");
        }

        foreach (var block in blocks)
        {
            text.Append($"{Words.Of(block.Level),-8}{Escape(string.Join(", ", block.Pairs))}: {string.Join(", ", block.Accesses.Select(Words.Of))}, {Escape(block.Way)}{(block.Proved ? ", proved" : "")}")
                .Append(string.Concat(block.Rules.Select(rule => $" [{Number(rules, rule)}]"))).Append('\n');
            if (block.Exposes.Length > 0)
            {
                text.Append("        exposes ").Append(Escape(block.Exposes)).Append('\n');
            }

            text.Append("        remedy: ").Append(Escape(block.Remedy)).Append('\n');
        }

        for (var i = 0; i < rules.Count; i++)
        {
            text.Append($"[{i + 1}] {rules[i]}\n");
        }
    }

    private static int Number(List<string> rules, string rule)
    {
        if (!rules.Contains(rule))
        {
            rules.Add(rule);
        }

        return rules.IndexOf(rule) + 1;
    }

    private static void WriteMatrix(StringBuilder text, IReadOnlyList<ExposureFinding> findings)
    {
        var pairs = findings.GroupBy(finding => (finding.Pod, finding.Observer, finding.Target)).ToList();
        if (pairs.Count == 0)
        {
            return;
        }

        string[] names = [.. pairs.Select(pair => Escape($"{pair.Key.Observer} -> {pair.Key.Target}"))];
        var width = Math.Max("OBSERVER -> TARGET".Length, names.Max(name => name.Length));
        text.Append('\n').Append("OBSERVER -> TARGET".PadRight(width));
        foreach (var access in Accesses)
        {
            text.Append("  ").Append(Words.Of(access).ToUpperInvariant().PadRight(9));
        }

        text.TrimLine();
        foreach (var (pair, name) in pairs.Zip(names))
        {
            text.Append(name.PadRight(width));
            foreach (var access in Accesses)
            {
                text.Append("  ").Append((pair.FirstOrDefault(f => f.Access == access) is { } finding ? Words.Of(finding.Allowed) : "?").PadRight(9));
            }

            text.TrimLine();
        }
    }

    private static void TrimLine(this StringBuilder text)
    {
        while (text[^1] == ' ')
        {
            text.Length--;
        }

        text.Append('\n');
    }

    /// <summary>Names come from a manifest: what would move a terminal's cursor is shown as a question mark.</summary>
    private static string Escape(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}
