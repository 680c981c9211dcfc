using k8s.Models;
using Nacelle.Kubelet.Events;
using Nacelle.Kubelet.PodWorkers;

namespace Nacelle.Kubelet.Probes;

/// <summary>Runs one probe of one running container, again and again, until it is disposed of.</summary>
internal sealed class ProbeWorker : IAsyncDisposable
{
    private readonly PodServices _services;
    private readonly V1Pod _pod;
    private readonly ContainerTarget _target;
    private readonly V1Probe _probe;
    private readonly Action _changed;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    /// <param name="gate">Ends when the container has started; null: at once.</param>
    /// <param name="changed">Called when the verdict changed.</param>
    public ProbeWorker(
        PodServices services, V1Pod pod, ContainerTarget target, ProbeKind kind, V1Probe probe, DateTimeOffset startedAt, Task? gate, Action changed)
    {
        (_services, _pod, _target, _probe, _changed, Kind) = (services, pod, target, probe, changed, kind);
        Verdict = new ProbeVerdict(kind, probe.SuccessThreshold is > 0 and var s ? s : 1, probe.FailureThreshold is > 0 and var f ? f : 3);
        _loop = Task.Run(() => RunAsync(startedAt, gate, _stop.Token));
    }

    public ProbeKind Kind { get; }

    public ProbeVerdict Verdict { get; }

    /// <summary>Completed when a startup probe has succeeded.</summary>
    public TaskCompletionSource Succeeded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync(DateTimeOffset startedAt, Task? gate, CancellationToken stop)
    {
        if (gate is not null)
        {
            await gate.WaitAsync(stop).ConfigureAwait(false);
        }

        var time = _services.Time;
        var first = startedAt + TimeSpan.FromSeconds(_probe.InitialDelaySeconds ?? 0) - time.GetUtcNow();
        if (first > TimeSpan.Zero)
        {
            await Task.Delay(first, time, stop).ConfigureAwait(false);
        }

        var period = TimeSpan.FromSeconds(_probe.PeriodSeconds is > 0 and var p ? p : 10);
        while (!stop.IsCancellationRequested)
        {
            var outcome = await _services.Actions.ProbeAsync(_probe, _target, stop).ConfigureAwait(false);
            if (!outcome.Success && !stop.IsCancellationRequested)
            {
                _services.Events.Record(_pod, _target.Spec.Name, true, EventReasons.Unhealthy, outcome.Tried
                    ? $"{Kind} probe failed: {outcome.Output}"
                    : $"{Kind} probe errored and resulted in Unknown state: {outcome.Output}");
            }

            if (outcome.Tried && Verdict.Add(outcome.Success))
            {
                _changed();
                if (Kind == ProbeKind.Startup && Verdict.Good)
                {
                    Succeeded.TrySetResult();
                    return;
                }
            }

            await Task.Delay(period, time, stop).ConfigureAwait(false);
        }
    }
}
