using Nacelle.Kubernetes.Exposure;

namespace Nacelle.Audit;

/// <summary>Findings that differ in nothing but the pair and the access, told as one.</summary>
/// <param name="Pairs"><c>shell -> nginx</c>.</param>
/// <param name="Way"><c>direct</c>, or the steps that lead there.</param>
/// <param name="Rules">The rules that decided, each once.</param>
internal sealed record FindingBlock(
    ExposureLevel Level, IReadOnlyList<string> Pairs, IReadOnlyList<Access> Accesses, string Way, bool Proved, IReadOnlyList<string> Rules, string Exposes, string Remedy)
{
    /// <summary>The open findings, the worst first.</summary>
    public static IReadOnlyList<FindingBlock> Of(IReadOnlyList<ExposureFinding> findings) =>
    [
        .. findings.Where(finding => finding.IsOpen)
            .GroupBy(f => (f.Pod, f.Observer, f.Target, f.Level, f.Allowed, f.Steps, Exposes: string.Join(", ", f.Exposes), f.Remedy))
            .Select(OfPair)
            .GroupBy(block => (block.Level, Accesses: string.Join(',', block.Accesses), block.Way, block.Proved, Rules: string.Join('|', block.Rules), block.Exposes, block.Remedy))
            .Select(same => same.First() with { Pairs = [.. same.SelectMany(block => block.Pairs)] })
            .OrderByDescending(block => block.Level),
    ];

    private static FindingBlock OfPair(IEnumerable<ExposureFinding> findings)
    {
        ExposureFinding[] group = [.. findings];
        var first = group[0];
        var way = Words.Of(first.Allowed) + (first.Steps.Length > 0 ? $" after {first.Steps}" : "");
        return new(
            first.Level, [$"{first.Observer} -> {first.Target}"], [.. group.Select(f => f.Access)], way, group.All(f => f.Verified == true),
            [.. group.Select(f => f.Rule).Distinct()], string.Join(", ", first.Exposes), first.Remedy);
    }
}
