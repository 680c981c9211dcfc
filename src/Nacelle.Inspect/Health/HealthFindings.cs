using System.Collections.Immutable;
using System.Globalization;

namespace Nacelle.Inspect.Health;

/// <summary>What one look shows to be wrong, with a key that stays the same for as long as it is the same thing. Pure.</summary>
internal static class HealthFindings
{
    /// <summary>Parents and containers that are named; a Pod with more of them shows the worst.</summary>
    private const int Most = 5;

    /// <summary>Processes that stay unreaped, or adopted.</summary>
    public static IEnumerable<(string Key, HealthProblem Problem)> Lasting(HealthSample sample, Func<HealthProcess, bool> lasts)
    {
        var zombies = sample.Unreaped.Where(u => lasts(u.Process)).GroupBy(u => (u.Process.Container, u.Parent?.HostPid, u.Parent?.StartTicks))
            .OrderByDescending(g => g.Count()).Take(Most);
        foreach (var group in zombies)
        {
            yield return (
                Key(HealthProblem.ZombiesNotReaped, group.Key.Container, group.Key.HostPid ?? 0, group.Key.StartTicks ?? 0),
                new HealthProblem(HealthProblem.ZombiesNotReaped, group.Key.Container, Zombies([.. group])));
        }

        foreach (var group in sample.Adopted.Where(lasts).GroupBy(p => p.Container).Take(Most))
        {
            var first = group.MinBy(p => p.Pid)!;
            yield return (Key(HealthProblem.OrphansAdopted, group.Key), new HealthProblem(HealthProblem.OrphansAdopted, group.Key, string.Create(
                CultureInfo.InvariantCulture,
                $"/pause adopted {Count(group.Count(), "process")} of container {group.Key} whose parent ended, such as {Named(first)}")));
        }
    }

    /// <param name="hits">Failed forks as of the last look; what is not in it is new, and its earlier failures are no news.</param>
    /// <param name="percent">From how many percent of its limit a use is near it, by key.</param>
    public static IEnumerable<(string Key, HealthProblem Problem)> Limits(
        HealthSample sample, ImmutableDictionary<string, long> hits, Func<string, int> percent)
    {
        foreach (var use in sample.PidUses)
        {
            var who = use.Container.Length == 0 ? "the Pod" : $"container {use.Container}";
            if (hits.TryGetValue(use.Container, out var before) && use.MaxHits > before)
            {
                yield return (Key(HealthProblem.PidLimitReached, use.Container), new HealthProblem(HealthProblem.PidLimitReached, use.Container, string.Create(
                    CultureInfo.InvariantCulture, $"{who} reached its limit of {Count(use.Max, "process")}: {Count(use.MaxHits - before, "fork")} failed")));
            }

            var key = Key(HealthProblem.PidLimitNear, use.Container);
            if (use.Current * 100 >= use.Max * percent(key))
            {
                yield return (key, new HealthProblem(HealthProblem.PidLimitNear, use.Container, string.Create(
                    CultureInfo.InvariantCulture, $"{who} has {use.Current} of the {Count(use.Max, "process")} that it may have")));
            }
        }
    }

    private static string Zombies(List<UnreapedProcess> group)
    {
        var first = group.Select(u => u.Process).MinBy(p => p.Pid)!;
        return group[0].Parent is { } parent
            ? $"{Named(parent)} of container {first.Container} does not reap its children: {Count(group.Count, "ended process")}, such as {Named(first)}"
            : $"nobody reaps in container {first.Container}: {Count(group.Count, "ended process")}, such as {Named(first)}";
    }

    private static string Named(HealthProcess process) => process.Pid > 0
        ? string.Create(CultureInfo.InvariantCulture, $"PID {process.Pid} ({process.Name})")
        : $"a process ({process.Name})";

    private static string Count(long count, string what) => string.Create(
        CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : what.EndsWith('s') ? "es" : "s")}");

    private static string Key(string reason, string container, int pid = 0, long start = 0) =>
        string.Create(CultureInfo.InvariantCulture, $"{reason}/{container}/{pid}/{start}");
}
