using Nacelle.Kubernetes.Exposure;

namespace Nacelle.Inspect.Exposure;

/// <summary>Tries all that one process of a container could do.</summary>
/// <param name="observer">The process.</param>
/// <param name="filter">Its seccomp filter, an array of <c>struct sock_filter</c>; empty for none.</param>
/// <param name="ptraceScope">Yama's.</param>
internal sealed class ObserverTrial(ExposedProcess observer, byte[] filter, int ptraceScope)
{
    /// <summary>Adds what came out, or why nothing was tried, to the report.</summary>
    public async Task RunAsync(IReadOnlyList<Attempt> attempts, ProbeReport report, CancellationToken cancellationToken)
    {
        try
        {
            var outcomes = await ExposureProbe.RunAsync(observer, filter, attempts, cancellationToken).ConfigureAwait(false);
            var unfiltered = filter.Length > 0 && outcomes.Any(outcome => outcome.Value.Open == false && IsPredicted(attempts[outcome.Key.Attempt], outcome.Key.Access))
                ? await ExposureProbe.RunAsync(observer, [], attempts, cancellationToken).ConfigureAwait(false)
                : outcomes;
            var changed = attempts.Select(attempt => attempt.Target).Distinct().Where(target => !target.IsUnchanged).Select(target => target.Pid).ToHashSet();
            if (!observer.IsUnchanged)
            {
                report.AddUntried(observer.Pid, "the observer's process changed meanwhile");
                return;
            }

            foreach (var pid in changed)
            {
                report.AddChanged(observer.Pid, pid);
            }

            foreach (var (attempt, index) in attempts.Select((attempt, index) => (attempt, index)).Where(item => !changed.Contains(item.attempt.Target.Pid)))
            {
                var own = outcomes.Where(outcome => outcome.Key.Attempt == index).ToDictionary(outcome => outcome.Key.Access, outcome => outcome.Value);
                var filtered = own.Where(outcome => outcome.Value.Open == false && unfiltered.GetValueOrDefault((index, outcome.Key)).Open == true);
                report.Add(new TriedPair(observer, attempt.Target, attempt.State, own, filtered.Select(outcome => outcome.Key).ToHashSet()));
            }
        }
        catch (OperationCanceledException)
        {
            report.AddUntried(observer.Pid, "the proof did not end in time");
        }
        catch (Exception e) when (e is ProbeException or IOException)
        {
            report.AddUntried(observer.Pid, $"not tried: {e.Message}");
        }
    }

    private bool IsPredicted(Attempt attempt, Access access) =>
        AccessRules.Granting(access, observer.Identity.Towards(attempt.Target.Identity, ptraceScope, attempt.State)) is not null;
}
