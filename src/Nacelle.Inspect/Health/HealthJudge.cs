using System.Collections.Immutable;

namespace Nacelle.Inspect.Health;

/// <summary>
/// Decides what is wrong with a Pod's processes, and when it is over. Pure.
/// <code>
///   (no condition) ──(a fault)──▶ False ──(none for a minute)──▶ True ──(a fault)──▶ False
/// </code>
/// What comes and goes within the minute keeps the condition False, and is not told again.
/// </summary>
public static class HealthJudge
{
    /// <summary>A parent may take a moment to reap: what ended, or was adopted, counts after this long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>What was not seen for this long is over.</summary>
    public static readonly TimeSpan Calm = TimeSpan.FromMinutes(1);

    private const int NearPercent = 80;

    // A use that swings around the mark is one problem, not many.
    private const int StillNearPercent = 70;

    /// <summary>The gravest first.</summary>
    private static readonly ImmutableArray<string> Gravity = [HealthProblem.PidLimitReached, HealthProblem.PidLimitNear, HealthProblem.ZombiesNotReaped];

    public static HealthVerdict Judge(HealthState before, HealthSample sample, DateTimeOffset now)
    {
        var firstSeen = sample.Unreaped.Select(u => u.Process).Concat(sample.Adopted).Select(p => (p.HostPid, p.StartTicks)).Distinct()
            .ToImmutableDictionary(key => key, key => before.FirstSeen.GetValueOrDefault(key, now));
        var found = HealthFindings.Lasting(sample, process => now - firstSeen[(process.HostPid, process.StartTicks)] >= Patience)
            .Concat(HealthFindings.Limits(sample, before.MaxHits, key => before.Problems.ContainsKey(key) ? StillNearPercent : NearPercent))
            .ToDictionary(f => f.Key, f => f.Problem);

        var problems = before.Problems.ToBuilder();
        var news = ImmutableArray.CreateBuilder<HealthProblem>();
        foreach (var (key, problem) in found)
        {
            var known = problems.TryGetValue(key, out var old);
            problems[key] = (known ? old.Problem : problem, now);

            // After a restart of whoever remembers, the condition still says what was told.
            if (!known && !Says(before, problem))
            {
                news.Add(problem);
            }
        }

        problems.RemoveRange([.. problems.Where(p => now - p.Value.LastSeen >= Calm).Select(p => p.Key)]);
        var present = problems.ToImmutable();
        var trouble = found.Values.Any(p => p.IsFault) ? now : before.TroubleAt ?? now;
        var state = new HealthState
        {
            FirstSeen = firstSeen,
            MaxHits = sample.PidUses.GroupBy(u => u.Container).ToImmutableDictionary(g => g.Key, g => g.Max(u => u.MaxHits)),
            Problems = present,
            TroubleAt = trouble,
        };
        return new HealthVerdict(state with { Condition = Condition(before, state, now) }, news.DrainToImmutable());
    }

    private static bool Says(HealthState before, HealthProblem problem) =>
        before.Condition is { Healthy: false } condition && before.Problems.IsEmpty && condition.Message.Contains(problem.Message, StringComparison.Ordinal);

    private static HealthCondition? Condition(HealthState before, HealthState state, DateTimeOffset now)
    {
        var faults = state.Problems.Values.Select(p => p.Problem).Where(p => p.IsFault).OrderBy(p => Gravity.IndexOf(p.Reason)).ToList();
        if (faults.Count == 0)
        {
            return before.Condition is { Healthy: false } && now - state.TroubleAt >= Calm
                ? new HealthCondition(true, HealthCondition.Recovered, "")
                : before.Condition;
        }

        return new HealthCondition(false, faults[0].Reason, string.Join("; ", faults.Select(p => p.Message)));
    }
}
