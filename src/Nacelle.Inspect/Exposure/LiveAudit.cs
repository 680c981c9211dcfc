using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes.Exposure;

namespace Nacelle.Inspect.Exposure;

/// <summary>
/// Audits a Pod that runs: facts of its processes from <c>/proc</c>, predictions from the rules, and each prediction tried by a probe that is
/// what the observer is.
/// </summary>
public static class LiveAudit
{
    // A container that makes itself ever new identities must not make the work grow without bound.
    private const int MaxIdentities = 8;
    private const int MaxHostIdentities = 64;

    private static readonly TimeSpan ProofTime = TimeSpan.FromSeconds(6);

    /// <param name="pod">Its name.</param>
    /// <param name="spec">Its spec, for what the manifest gives to whom.</param>
    /// <param name="running">The containers that run, by name.</param>
    /// <param name="cancellationToken">Ends the probes too.</param>
    public static async Task<IReadOnlyList<ExposureFinding>> RunAsync(
        string pod, JsonObject spec, IReadOnlyDictionary<string, AuditedContainer> running, CancellationToken cancellationToken)
    {
        var facts = PodFactsReader.Read(pod, spec);
        var own = running.Values.SelectMany(container => container.Pids).ToImmutableHashSet();
        var programs = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        List<LiveContainer> containers =
        [
            .. facts.Containers.Select(container => container.IsHost
                ? LiveContainer.Read(container.Name, new([.. OtherProcesses(own)]), MaxHostIdentities, programs)
                : LiveContainer.Read(container.Name, running.GetValueOrDefault(container.Name) ?? new([]), MaxIdentities, programs)),
        ];
        var ptraceScope = ReadPtraceScope();
        facts = facts with { IsLive = true, PtraceScope = ptraceScope, Containers = [.. facts.Containers.Zip(containers, Running)] };
        var host = facts.Containers.FirstOrDefault(container => container.IsHost)?.Name;
        var report = await TryAllAsync(containers, host, ptraceScope, cancellationToken).ConfigureAwait(false);
        var settled = UnknownDumpability.Settle(facts, report);
        var proof = new ExposureProof(settled, report, containers);
        return [.. PodAudit.Of(settled).Select(proof.Apply)];
    }

    private static ContainerFacts Running(ContainerFacts container, LiveContainer live) =>
        container with { Processes = [.. live.Processes.Select(process => process.Identity)] };

    private static async Task<ProbeReport> TryAllAsync(
        List<LiveContainer> containers, string? host, int ptraceScope, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(ProofTime);
        var report = new ProbeReport();
        var observers = containers.Where(container => container.Name != host)
            .SelectMany(container => container.Processes.Select(process => (container.Name, container.Filter, Process: process)));
        await Parallel.ForEachAsync(observers, cancellationToken, async (observer, _) =>
        {
            List<Attempt> attempts = [.. containers.Where(target => target.Name != observer.Name)
                .SelectMany(target => target.Processes)
                .SelectMany(target => Attempts(observer.Process, target))];
            if (attempts.Count > 0)
            {
                var trial = new ObserverTrial(observer.Process, observer.Filter.ProgramOf(observer.Process), ptraceScope);
                await trial.RunAsync(attempts, report, deadline.Token).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return report;
    }

    private static IEnumerable<Attempt> Attempts(ExposedProcess observer, ExposedProcess target) => target.PidFor(observer) is { } pid
        ? ObserverState.Of(observer.Identity.Credentials, target.Identity.Credentials).Select(state => new Attempt(target, pid, state))
        : [];

    private static IEnumerable<int> OtherProcesses(ImmutableHashSet<int> own) => Directory.EnumerateDirectories("/proc")
        .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
        .Where(pid => pid != 0 && !own.Contains(pid));

    private static int ReadPtraceScope()
    {
        const string path = "/proc/sys/kernel/yama/ptrace_scope";
        return File.Exists(path) && int.TryParse(File.ReadAllText(path), NumberStyles.None, CultureInfo.InvariantCulture, out var scope) ? scope : 0;
    }
}
